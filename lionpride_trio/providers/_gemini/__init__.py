"""Gemini ``generateContent``.

Facts: the reference of ``models.streamGenerateContent`` (ai.google.dev).  What is asked is written in
`_request`, what is answered is read in `_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._chunks import Chunk
from ..._errors import (
    AuthenticationError,
    BadRequest,
    LionprideError,
    NotFound,
    Overloaded,
    PermissionDenied,
    RateLimited,
    ServerError,
)
from ..._safe_text import Secret
from .._answer_options import gemini_answer
from .._protocol import ChunkParser, HTTPRequest, ModelCall, Provider
from ._reading import GenerateParser
from ._request import read_request, write_request


class Gemini(Provider):
    """``POST {base}/v1beta/models/{model}:streamGenerateContent?alt=sse``."""

    name = "gemini"
    telemetry_name = "gcp.gemini"
    endpoint = "generate"
    framing = "sse"
    base_url = "https://generativelanguage.googleapis.com"
    base_url_variables = ("GOOGLE_GEMINI_BASE_URL",)
    key_variables = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
    key_required = True
    paths = (":streamGenerateContent", ":generateContent")
    max_tokens_options = ("max_tokens", "max_output_tokens", "maxOutputTokens")
    seconds_after_finish = None
    error_words = {  # the codes of google.rpc
        AuthenticationError: "UNAUTHENTICATED",
        BadRequest: "INVALID_ARGUMENT FAILED_PRECONDITION OUT_OF_RANGE",
        NotFound: "NOT_FOUND",
        Overloaded: "UNAVAILABLE",
        PermissionDenied: "PERMISSION_DENIED",
        RateLimited: "RESOURCE_EXHAUSTED",
        ServerError: "INTERNAL UNKNOWN DEADLINE_EXCEEDED CANCELLED",
    }

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """A schema in the words of Gemini."""
        return gemini_answer(name, schema, options)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request: messages become contents, neutral options fields of ``generationConfig``."""
        return write_request(call)

    def read_request(self, path: str, body: Any) -> tuple[str | None, bool]:
        """The model, and whether a stream is asked for: both are part of the path."""
        return read_request(path)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """Google's own header; the key is never part of the URL."""
        return {"x-goog-api-key": key.reveal()}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return GenerateParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A whole answer has the form of one event."""
        parser = GenerateParser()
        return [*parser.feed("", value), *parser.late], parser.failure
