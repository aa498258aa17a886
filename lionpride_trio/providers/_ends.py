"""The words that providers end an answer with, and how each says that it ended.

There is one table for all APIs: gateways pass the words of the model behind them on, so that an
Anthropic message may end with ``length`` and a chat completion with ``end_turn``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._chunks import Verdict
from ._parsing import text

VERDICTS: Final[Mapping[str, Verdict]] = {
    word: verdict
    for verdict, words in {
        Verdict.COMPLETE: "stop eos eos_token stop_token end end_turn stop_sequence complete"
        " completed normal finished",
        Verdict.LENGTH: "length max_tokens max_output_tokens max_length model_length token_limit"
        " model_context_window_exceeded context_length_exceeded",
        Verdict.TOOL_USE: "tool_calls function_call tool_call tool_use",
        Verdict.BLOCKED: "content_filter content_filtered safety sensitive blocked blocklist"
        " prohibited_content recitation guardrail_intervened language spii image_safety"
        " image_prohibited_content image_recitation image_other no_image model_armor escalation"
        " pup_limited_disabled",
        Verdict.REFUSED: "refusal",
        Verdict.PAUSED: "pause_turn compaction continuation",
    }.items()
    for word in words.split()
}
"""By the reason in small letters and underscores."""

CUT: Final = frozenset([Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED])
"""The verdicts of answers whose last call may be cut, too."""
_NONE: Final = frozenset(["null", "none"])
"""Texts that servers write for a reason that there is not."""


def reason_of(value: Any, what: str) -> str | None:
    """The reason that *value*, the field *what* of an answer, gives; None where it gives none."""
    reason = text(value, what)
    return None if not reason or reason.lower() in _NONE else reason


def verdict_of(reason: str) -> Verdict:
    """The verdict that this reason means by itself."""
    return VERDICTS.get(reason.lower().replace("-", "_"), Verdict.UNKNOWN)


def verdict_after_calls(said: Verdict) -> Verdict:
    """The verdict on an answer that calls the client's tools and whose reason means *said*.

    An answer that was cut or refused stays that: its last call may be cut too.
    """
    waits = said in {Verdict.COMPLETE, Verdict.PAUSED, Verdict.UNKNOWN}
    return Verdict.TOOL_USE if waits else said
