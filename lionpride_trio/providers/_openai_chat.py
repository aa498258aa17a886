"""OpenAI chat completions, and the many servers that speak them.

Fact: the reference of ``POST /chat/completions`` (platform.openai.com).  What is answered is read in
`_chat_parser`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from .._chunks import Chunk
from .._errors import LionprideError, ProviderError
from .._safe_text import Secret
from ._answer_options import strict_answer
from ._chat_parser import ChatParser
from ._faults import provider_error
from ._openai_chat_request import HINTS, OPENAI, write_request
from ._protocol import ChunkParser, HTTPRequest, ModelCall


class OpenAIChat:
    """``POST {base}/chat/completions``."""

    name = "openai"
    endpoint = "chat"
    framing: Literal["sse", "ndjson"] = "sse"
    base_url: str | None = "https://api.openai.com/v1"
    base_url_variables: Sequence[str] = ("OPENAI_BASE_URL",)
    key_variables: Sequence[str] = ("OPENAI_API_KEY",)
    key_required = True
    host: str | None = None
    header_variables: Mapping[str, str] = {
        "OPENAI_ORG_ID": "openai-organization",
        "OPENAI_PROJECT_ID": "openai-project",
    }
    fields = OPENAI
    """The fields of the request's body."""
    hints: Mapping[str, str] = HINTS
    """What to write in place of options that this service does not have."""

    extends_messages = False
    """Whether messages may have more fields than OpenAI's, such as ``cache_control``."""
    answer_options = staticmethod(strict_answer)

    def request(self, call: ModelCall) -> HTTPRequest:
        """The request; a stream asks for its usage unless ``stream_options`` says otherwise."""
        return write_request(
            call, self.name, self.fields, self.hints, extends=self.extends_messages
        )

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """A bearer token."""
        return {"authorization": f"Bearer {key.reveal()}"}

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return ChatParser()

    def parse_body(self, value: Any) -> tuple[list[Chunk], LionprideError | None]:
        """A ``chat.completion``: read as a stream of one event whose message is the delta."""
        parser = ChatParser()
        return parser.feed("message", value), parser.failure

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The failure that an error document reports."""
        return provider_error(value, status=status, headers=headers)
