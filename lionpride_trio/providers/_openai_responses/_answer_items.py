"""An answer of the model as input items, as it came.

Fact: platform.openai.com, "Reasoning models" and "Conversation state": items of an answer go back as they
came.  A reasoning item is known to the server by its id where the answer was stored, and by its encrypted
content where it was not.  An item that names its id needs the reasoning item that came before it, so where
one cannot go back the others of its answer go without their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from ..._errors import ConfigurationError
from ..._media import MediaPart
from ..._parts import Part, RawPart, TextPart, ThoughtPart, ToolCall
from .._given_media import was_given_by, words_of
from .._messages import facts_of, is_own
from ._images import WIRE, write_image


def is_custom(call: ToolCall) -> bool:
    """Whether a call is one of a custom tool, whose input is any text."""
    return facts_of(call, WIRE).get("type") == "custom_tool_call"


def answer_items(
    parts: Sequence[Part | Mapping[str, Any]], *, stored: bool
) -> list[dict[str, Any]]:
    """The items of an answer; *stored* says that the server may know its items by their ids."""
    parts = [part for each in parts if (part := _told(each)) is not None]
    thoughts = [part for part in parts if isinstance(part, ThoughtPart) and _is_reasoning(part)]
    named = all(_goes_back(part, stored=stored) for part in thoughts)
    items: list[dict[str, Any]] = []
    for _, group in groupby(enumerate(parts), _item_of):
        same = [part for _, part in group]
        match same[0]:
            case TextPart() | Mapping():
                items += _message(same, named=named)
            case ThoughtPart() as thought if _is_reasoning(thought):
                if _goes_back(thought, stored=stored):
                    items.append(_reasoning(thought))
            case ToolCall() as call:
                items.append(_call(call, named=named))
            case MediaPart() as image:
                items.append(write_image(image))
            case RawPart(provider=provider, block=block) if provider == WIRE:
                items.append(block)
            case _:
                pass  # another provider's
    return items


def _told(part: Part | Mapping[str, Any]) -> Part | Mapping[str, Any] | None:
    """*part*, and of another provider's medium what is said in it: an answer takes no other here."""
    if isinstance(part, MediaPart) and not was_given_by(part, WIRE):
        return words_of(part, "openai's Responses")
    return part


def _item_of(place: tuple[int, Part | Mapping[str, Any]]) -> tuple[Any, ...]:
    """The key that parts of one item share: texts of one message stand in it side by side."""
    number, part = place
    if isinstance(part, TextPart):
        return ("message", facts_of(part, WIRE).get("id"))
    return ("message", None) if isinstance(part, Mapping) else ("item", number)


def _is_reasoning(part: ThoughtPart) -> bool:
    return is_own(part, WIRE) and (part.id is not None or part.redacted is not None)


def _goes_back(part: ThoughtPart, *, stored: bool) -> bool:
    return part.redacted is not None or (stored and part.id is not None)


def _reasoning(part: ThoughtPart) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": part.text}] if part.text else []
    item: dict[str, Any] = {"type": "reasoning", "summary": summary, **facts_of(part, WIRE)}
    if part.id is not None:
        item["id"] = part.id
    if part.redacted is not None:
        item["encrypted_content"] = part.redacted
    return item


def _message(parts: Iterable[Any], *, named: bool) -> list[dict[str, Any]]:
    """The message that texts stand in: of the server's own form where it has told its id."""
    texts = [part if isinstance(part, TextPart) else _text_of(part) for part in parts]
    facts = facts_of(texts[0], WIRE)
    if "id" not in facts or not named:
        text = "".join(part.text for part in texts)
        phase = {"phase": facts["phase"]} if "phase" in facts else {}
        return [{"role": "assistant", "content": text, **phase}] if text else []
    content = [
        {"type": "output_text", "text": part.text, "annotations": list(part.citations)}
        for part in texts
    ]
    own = {"type": "message", "role": "assistant", "status": "completed"}
    return [{**own, **facts, "content": content}]


def _text_of(part: Mapping[str, Any]) -> TextPart:
    """The text of a part in OpenAI's form.

    :raises ConfigurationError: it is no text.
    """
    text = part.get("text")
    if not isinstance(text, str):
        raise ConfigurationError(
            f"an assistant's message on Responses has texts and calls, not {part!r:.200}"
        )
    return TextPart(text)


def _call(call: ToolCall, *, named: bool) -> dict[str, Any]:
    facts = dict(facts_of(call, WIRE))
    if not named:
        facts.pop("id", None)
    field = "input" if is_custom(call) else "arguments"
    item = {
        "type": "function_call",
        "call_id": call.id,
        "name": call.name,
        field: call.arguments or "{}",
    }
    return {**item, **facts, **({"status": "completed"} if "id" in facts else {})}
