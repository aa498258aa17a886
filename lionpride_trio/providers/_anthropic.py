"""Anthropic messages.

Facts: ``POST /v1/messages`` (docs.claude.com).  The events of an answer are read by
`_anthropic_reading`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from .._chunks import Chunk
from .._errors import LionprideError, ProviderError
from .._safe_text import Secret, Token
from ._answer_options import anthropic_answer
from ._anthropic_reading import MessagesParser, chunks_of_message
from ._anthropic_request import write_request
from ._faults import provider_error
from ._protocol import ChunkParser, HTTPRequest, ModelCall


class Anthropic:
    """``POST {base}/v1/messages``."""

    name = "anthropic"
    endpoint = "messages"
    framing: Literal["sse", "ndjson"] = "sse"
    base_url: str | None = "https://api.anthropic.com"
    base_url_variables: Sequence[str] = ("ANTHROPIC_BASE_URL",)
    key_variables: Sequence[str] = ("ANTHROPIC_API_KEY",)
    token_variables: Sequence[str] = ("ANTHROPIC_AUTH_TOKEN",)
    key_required = True
    host: str | None = None
    answer_options = staticmethod(anthropic_answer)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request.

        System messages become ``system``; parts, tools, tool calls and tool results in OpenAI's
        form become Anthropic's, and so do ``stop``, ``tool_choice`` and ``response_format``.
        ``anthropic_version``, ``anthropic_beta``, ``user_profile_id`` and ``workspace_id`` go into
        the headers.
        """
        return write_request(call)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """Anthropic's own header; a token of ``ANTHROPIC_AUTH_TOKEN`` is a bearer's."""
        if isinstance(key, Token):
            return {"authorization": f"Bearer {key.reveal()}"}
        return {"x-api-key": key.reveal()}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return MessagesParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A message: read as the stream of its blocks."""
        return chunks_of_message(value)

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)
