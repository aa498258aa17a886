"""Anthropic's rules where thinking is on, or where a thinking block comes back.

The signature of a thinking block is this server's hash of its text; a redacted block holds a token that
this server sealed.  So neither can be changed, or put in another's place, and nothing is remembered.
"""

from __future__ import annotations

from typing import Final

from .._ask import BadAsk
from .._json import JsonObject, as_count, as_object, as_text
from .._signing import is_signed, unseal
from ._anthropic_turns import Turn

SIGNED: Final = "thinking"
REDACTED: Final = "redacted"
_GUIDE: Final = "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
_SMALLEST: Final = 1024


def check_thinking(body: JsonObject, turns: list[Turn], *, interleaved: bool) -> None:
    """Refuse settings that thinking excludes, and blocks of thinking that were tampered with."""
    for turn in turns:
        for at, block in turn.blocks:
            _check_block(at, block)
        kind = turn.blocks[-1][1].get("type") if turn.blocks else None
        if kind in {"thinking", "redacted_thinking"}:
            text = f"The final block in an assistant message cannot be `{kind}`."
            raise BadAsk(f"messages.{turn.place}: {text}")
    thinking = as_object(body.get("thinking"))
    if thinking.get("type") not in {"enabled", "adaptive"}:
        return
    _check_settings(body)
    if thinking["type"] == "enabled":
        _check_budget(body, thinking, interleaved=interleaved)
        _check_round(turns)


def _check_block(at: str, block: JsonObject) -> None:
    match block.get("type"):
        case "thinking":
            text, signature = as_text(block["thinking"]), as_text(block["signature"])
            if not is_signed(SIGNED, text, signature):
                raise BadAsk(f"{at}: Invalid `signature` in `thinking` block")
        case "redacted_thinking" if unseal(REDACTED, as_text(block["data"])) is None:
            raise BadAsk(f"{at}: Invalid `data` in `redacted_thinking` block")
        case _:
            pass


def _check_settings(body: JsonObject) -> None:
    if as_object(body.get("tool_choice")).get("type") in {"any", "tool"}:
        raise BadAsk("Thinking may not be enabled when tool_choice forces tool use.")
    if body.get("temperature") not in {None, 1}:
        raise BadAsk(
            "`temperature` may only be set to 1 when thinking is enabled. Please consult our"
            f" documentation at {_GUIDE}#important-considerations-when-using-extended-thinking"
        )
    if body.get("top_k") is not None:
        raise BadAsk("`top_k` must be unset when thinking is enabled.")
    if body.get("top_p") is not None and body["top_p"] < 0.95:
        raise BadAsk(
            "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled."
        )


def _check_budget(body: JsonObject, thinking: JsonObject, *, interleaved: bool) -> None:
    budget = as_count(thinking["budget_tokens"])
    where = "thinking.enabled.budget_tokens"
    if budget is None:
        raise BadAsk(f"{where}: Input should be a valid integer")
    if budget < _SMALLEST:
        raise BadAsk(f"{where}: Input should be greater than or equal to {_SMALLEST}")
    if body["max_tokens"] <= budget and not interleaved:
        raise BadAsk(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our"
            f" documentation at {_GUIDE}#max-tokens-and-context-window-size"
        )


def _check_round(turns: list[Turn]) -> None:
    """Refuse calls of the round that goes on now which do not come after their thinking."""
    for turn in reversed(turns):
        if turn.role == "user" and not any(turn.of("tool_result")):
            return  # a question of the user's own, where the round began
        first = as_text(turn.blocks[0][1].get("type")) if turn.blocks else "thinking"
        if turn.role == "assistant" and first not in {"thinking", "redacted_thinking"}:
            raise BadAsk(
                f"{turn.blocks[0][0]}.type: Expected `thinking` or `redacted_thinking`, but found"
                f" `{first}`. When `thinking` is enabled, a final `assistant` message must start"
                " with a thinking block (preceeding the lastmost set of `tool_use` and"
                " `tool_result` blocks). We recommend you include thinking blocks from previous"
                " turns. To avoid this requirement, disable `thinking`. Please consult our"
                f" documentation at {_GUIDE}"
            )
