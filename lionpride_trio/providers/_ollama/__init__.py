"""Ollama's native ``/api/chat``: newline-delimited JSON.

Facts: docs.ollama.com/api and /api/errors.  What is asked is written in `_request`, what is answered
is read in `_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ..._chunks import Chunk
from ..._errors import LionprideError, StreamTruncated
from .._answer_options import ollama_answer
from .._protocol import ChunkParser, HTTPRequest, ModelCall, Provider
from ._address import complete_address
from ._reading import OllamaParser
from ._request import write_request


class Ollama(Provider):
    """``POST {base}/api/chat``."""

    name = "ollama"
    endpoint = "chat"
    framing = "ndjson"
    base_url = "http://127.0.0.1:11434"
    base_url_variables = ("OLLAMA_HOST",)
    key_variables = ("OLLAMA_API_KEY",)  # for a server behind a gate
    key_required = False
    paths = ("/api/chat",)
    max_tokens_options = ("max_tokens", "num_predict")

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """A schema that llama.cpp's grammar takes."""
        return ollama_answer(name, schema, options)

    def complete_address(self, text: str) -> str:
        """The base URL that *text* means, read as Ollama reads ``OLLAMA_HOST``."""
        return complete_address(text)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request: options of the model go under ``options``, ``max_tokens`` as ``num_predict``."""
        return write_request(call)

    def read_request(self, path: str, body: Any) -> tuple[str | None, bool]:
        """The model, and whether a stream is asked for, as it is where a request says nothing of it."""
        if isinstance(body, Mapping):
            body = {"stream": True} | cast("dict[str, Any]", body)
        return super().read_request(path, body)

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return OllamaParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A whole answer has the form of the last line."""
        parser = OllamaParser()
        chunks = parser.feed("", value)
        if value.get("done") is False and parser.failure is None:
            return chunks, StreamTruncated("the answer says that more of it was to come")
        return chunks, parser.failure
