"""Responses and their parts: tool calls, reasoning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._chunks import NO_METADATA, Usage, Verdict
from .._json_form import has_json_form, to_json
from ..wire._json import loads


@has_json_form
@attrs.frozen
class ToolCall:
    """A whole tool call."""

    id: str | None
    """The provider's id of the call, which its result has to name."""
    name: str
    """The name of the tool."""
    arguments: str
    """The arguments as the model wrote them; ``"{}"`` where it wrote none."""

    def parsed(self) -> Any:
        """The arguments decoded from JSON.

        :raises DecodeError: when they are no JSON, as in an answer cut by its length.
        """
        return loads(self.arguments)


@has_json_form
@attrs.frozen
class Reasoning:
    """One block of reasoning, with what is needed to send it back."""

    text: str = ""
    """The reasoning; empty where the provider shows none of it."""
    signature: str | None = None
    """The provider's proof that the reasoning is its own."""
    redacted: str | None = None
    """The reasoning in encrypted form."""


@has_json_form
@attrs.frozen
class Response:
    """The sum of a reply's chunks, so far or for good.

    Two responses are equal when they say the same and ended the same way; ids and the provider's
    other facts do not count.
    """

    text: str = ""
    """The answer (of the first alternative, where several were asked for)."""
    texts: tuple[str, ...] = ("",)
    """The answers of all alternatives, by index."""
    reasoning: str = ""
    """All reasoning, joined."""
    reasoning_blocks: tuple[Reasoning, ...] = ()
    """The reasoning by blocks, with their signatures."""
    refusal: str = ""
    """The words of a refusal, where the provider keeps them apart."""
    tool_calls: tuple[ToolCall, ...] = ()
    """The tool calls, in order."""
    citations: tuple[Any, ...] = ()
    """The provider's citation objects, in order."""
    usage: Usage | None = None
    """The tokens used; None where the provider has not said."""
    verdict: Verdict = Verdict.UNKNOWN
    """The end of the reply; `Verdict.UNKNOWN` before it."""
    finish_reason: str | None = None
    """The provider's own word for the end of the reply."""
    verdicts: tuple[Verdict, ...] = (Verdict.UNKNOWN,)
    """The verdicts of all alternatives, by index."""
    other_tool_calls: tuple[tuple[ToolCall, ...], ...] = ()
    """The tool calls of the alternatives beyond the first, by index from 1; empty where none has any."""
    metadata: Mapping[str, Any] = attrs.field(default=NO_METADATA, eq=False, repr=False)
    """Read-only facts under the provider's own names: ids, model, fingerprint."""

    def __str__(self) -> str:
        return self.text

    def to_json(self) -> str:
        """The response as one line of JSON, of which `from_json` makes it again.

        :raises TypeError: it holds what is no plain data; says where.
        """
        return to_json(self)
