"""From chunks to a response, and back.

Layout: ``_parts`` (`Response` and what it has), ``_builder`` (adds chunks up), ``_reassembling`` (all at
once, and back to chunks).
"""

from ._builder import ResponseBuilder
from ._parts import Reasoning, Response, ToolCall
from ._reassembling import chunks_of, reassemble

__all__ = ["Reasoning", "Response", "ResponseBuilder", "ToolCall", "chunks_of", "reassemble"]
