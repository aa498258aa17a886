"""The events, items, parts and fields in which a Responses answer has its texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._parsing import arguments_text, fields, text
from ._items import Part

_KINDS: Final[Mapping[Any, str]] = {
    "message": "message",
    "reasoning": "reasoning",
    "function_call": "call",
    "custom_tool_call": "call",
}
_ARGUMENTS: Final = {"function_call": "arguments", "custom_tool_call": "input"}
# Events that carry a text: the kind of its item and of its part, and the fields that have the part's
# place and, when it is done, the whole text.
_TEXTS: Final = {
    "response.output_text": ("message", "text", "content_index", "text"),
    "response.refusal": ("message", "refusal", "content_index", "refusal"),
    "response.reasoning_text": ("reasoning", "thought", "content_index", "text"),
    "response.reasoning_summary_text": ("reasoning", "summary", "summary_index", "text"),
    "response.function_call_arguments": ("call", "arguments", "", "arguments"),
    "response.custom_tool_call_input": ("call", "arguments", "", "input"),
}
DELTAS: Final = {name + ".delta": names for name, names in _TEXTS.items()}
DONES: Final = {name + ".done": names for name, names in _TEXTS.items()}
PART_EVENTS: Final = {
    "response.content_part.added": ("content_index", False),
    "response.content_part.done": ("content_index", True),
    "response.reasoning_summary_part.added": ("summary_index", False),
    "response.reasoning_summary_part.done": ("summary_index", True),
}
"""The field that has the part's place, and whether the part is whole."""
PARTS: Final[Mapping[Any, tuple[str, str, str]]] = {
    "output_text": ("message", "text", "text"),
    "text": ("message", "text", "text"),
    "refusal": ("message", "refusal", "refusal"),
    "reasoning_text": ("reasoning", "thought", "text"),
    "summary_text": ("reasoning", "summary", "text"),
}
"""By the type of a part: the kind of its item and of the part, and the field that has its text."""


_MODELLED: Final = frozenset([
    "arguments",
    "call_id",
    "content",
    "encrypted_content",
    "input",
    "name",
    "role",
    "status",
    "type",
])
"""Members of an item that chunks tell, or that a finished item has always."""


def facts_of(item: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The members of an item that no chunk tells: its id, its phase, the parts of its summary."""
    facts = {
        name: value for name, value in item.items() if name not in _MODELLED and value is not None
    }
    if kind == "reasoning" and item.get("content") is not None:
        facts["content"] = item["content"]
    if item.get("type") == "custom_tool_call":
        facts["type"] = item["type"]
    return facts


def kind_of(item: Mapping[str, Any]) -> str | None:
    """The name that an output item has here; None for an item that is handed on as it is."""
    kind = item.get("type")
    if not kind and item.get("role") == "assistant":
        return "message"
    return _KINDS.get(kind)


def parts_of(item: Any, kind: str) -> tuple[list[tuple[Part, str]], dict[int, Any]]:
    """The texts of a whole item's parts, and by its place each part that is not known."""
    if kind == "call":
        return [(("arguments", 0), arguments_text(item.get(_ARGUMENTS[item["type"]])))], {}
    wholes: list[tuple[Part, str]] = []
    strange: dict[int, Any] = {}
    content = item.get("content") or ()
    if content.__class__ is str:
        content = [{"type": "output_text", "text": content}]
    for at, part in enumerate(item.get("summary") or ()):
        wholes.append((("summary", at), text(fields(part).get("text"), "text")))
    for at, part in enumerate(content):
        known = fields(part)
        named = known.get("type") or ("output_text" if "text" in known else "")
        of, what, field = PARTS.get(named, ("", "", ""))
        if of == kind:
            wholes.append(((what, at), text(known.get(field), field)))
        else:
            strange[at] = part
    return wholes, strange
