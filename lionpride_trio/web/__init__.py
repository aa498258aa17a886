"""The way out to a page: a stream as the answer of an endpoint, and a page's request as messages."""

from .._public import show_public_path
from ._bad_request import BadPageRequest
from ._events_js import EVENTS_JS
from ._requests import PageRequest, read_messages, run_ids

__all__ = ["EVENTS_JS", "BadPageRequest", "PageRequest", "read_messages", "run_ids"]

show_public_path(globals())
