"""DeepSeek: OpenAI's chat completions, where the reasoning of a turn with calls has to go back.

Facts: api-docs.deepseek.com, "Create Chat Completion" and "Thinking Mode".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ._answer_options import plain_answer
from ._openai_chat import OpenAIChat
from ._openai_chat._media import MediaRule

FIELDS: Final = frozenset([
    "frequency_penalty",
    "logprobs",
    "max_tokens",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "stop",
    "stream_options",
    "temperature",
    "thinking",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "user_id",
])


class DeepSeek(OpenAIChat):
    """``POST https://api.deepseek.com/chat/completions``."""

    name = "deepseek"
    base_url = "https://api.deepseek.com"
    base_url_variables = ("DEEPSEEK_BASE_URL",)
    key_variables = ("DEEPSEEK_API_KEY",)
    header_variables = {}
    fields = FIELDS
    max_tokens_options = ("max_tokens",)
    reasoning_goes_back = "in_turns_with_calls"
    media_go_back = MediaRule()

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """A schema in OpenAI's form, as it is."""
        return plain_answer(name, schema, options)
