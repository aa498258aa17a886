"""Requests of pages as messages: each protocol's request read into the same ones.

A page is no part of the program, so everything that it sends is looked at before it is used.  What is
no request of the protocol is a `BadPageRequest`, which names the place.  A file is its bytes or a place
on the web: a path would be read on this machine.

Layout: ``_fields`` (reading plain data with places); ``_said`` (messages of parts); ``_ui``, ``_ag_ui``
and ``_chat`` (one protocol each); ``_reading`` (the request itself).
"""

from .._body import PageRequest
from ._reading import read_messages, run_ids

__all__ = ["PageRequest", "read_messages", "run_ids"]
