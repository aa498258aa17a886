"""The way out to a page: a stream as the answer of an endpoint, and a page's request as messages."""

from .._public import show_public_path
from ._bad_request import BadPageRequest

__all__ = ["BadPageRequest"]

show_public_path(globals())
