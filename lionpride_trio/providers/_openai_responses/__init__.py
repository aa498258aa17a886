"""OpenAI Responses.

Facts: the reference of ``POST /responses`` (platform.openai.com).  What is asked is written in
`_request`, what is answered is read in `_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    paths = ("/responses",)
    max_tokens_options = ("max_tokens", "max_output_tokens")

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; ``max_tokens`` is taken as ``max_output_tokens``."""
        return write_request(call, self.name)

    def starts_job(self, body: Mapping[str, Any]) -> bool:
        """Whether the response is made in the background: it goes on without its reader."""
        return body.get("background") is True

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ResponsesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A response object has the form of what the terminal event holds."""
        return chunks_of_response(value)
