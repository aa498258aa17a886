"""From chunks to a response, and back.

Layout: ``_response`` (`Response` and its views), ``_builder`` (adds chunks up), ``_reassembling`` (all at
once, and back to chunks).
"""

from ._builder import ResponseBuilder
from ._reassembling import chunks_of, reassemble, usage_of
from ._response import Response, add_call, as_stopped

__all__ = [
    "Response",
    "ResponseBuilder",
    "add_call",
    "as_stopped",
    "chunks_of",
    "reassemble",
    "usage_of",
]
