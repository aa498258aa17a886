"""OpenAI Responses.

Facts: the reference of ``POST /responses`` (platform.openai.com).  The events of an answer are read
by `_reading`.
"""

from __future__ import annotations

from typing import Any

from ..._chunks import Chunk
from ..._errors import LionprideError
from .._openai_chat import OpenAIChat
from .._protocol import ChunkParser, HTTPRequest, ModelCall
from ._reading import ResponsesParser, chunks_of_response
from ._request import write_request


class OpenAIResponses(OpenAIChat):
    """``POST {base}/responses``."""

    endpoint = "responses"

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; ``max_tokens`` is taken as ``max_output_tokens``."""
        return write_request(call, self.name)

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ResponsesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A response object has the form of what the terminal event holds."""
        return chunks_of_response(value)
