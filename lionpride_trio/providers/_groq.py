"""Groq: OpenAI's chat completions with fewer fields and some of its own.

Facts: console.groq.com/docs.  Usage comes under ``x_groq`` and again at the top, on the finishing chunk.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._errors import BadRequest, Overloaded
from ._answer_options import plain_answer
from ._openai_chat import OpenAIChat
from ._openai_chat._media import MediaRule
from ._openai_chat._request import OPENAI

# It has none of the fields of OpenAI's own models: their audio, predictions, caches, searches.
FIELDS: Final = (
    OPENAI
    - {
        "audio",
        "modalities",
        "moderation",
        "prediction",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier",
        "verbosity",
        "web_search_options",
    }
) | {
    "citation_options",
    "compound_custom",
    "disable_tool_validation",
    "documents",
    "exclude_domains",
    "include_domains",
    "include_reasoning",
    "reasoning_format",
    "search_settings",
}


class Groq(OpenAIChat):
    """``POST https://api.groq.com/openai/v1/chat/completions``."""

    name = "groq"
    base_url = "https://api.groq.com/openai/v1"
    base_url_variables = ("GROQ_BASE_URL",)
    key_variables = ("GROQ_API_KEY",)
    header_variables = {}
    fields = FIELDS
    request_id_headers = (*OpenAIChat.request_id_headers, "x-groq-id")
    media_go_back = MediaRule()
    error_statuses = {498: Overloaded}  # flex capacity is spent for the moment
    error_words = {BadRequest: "tool_use_failed"}

    def answer_options(
        self, name: str, schema: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """A schema in OpenAI's form, as it is."""
        return plain_answer(name, schema, options)
