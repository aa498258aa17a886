"""The facts that a provider tells of its parts, for a page to keep and to send back with its history.

A thought without its signature, or a call without its item's id, is refused by the provider that gave
it.  So both go out with the part, under one name of ours, and `read_messages` takes them in again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast

import attrs

from ..._json_form import read, written
from ..._parts import Native, TextPart, ThoughtPart, ToolCall

KEY: Final = "lionpride_trio"
"""The name under which it stands in a protocol's field for what is nobody else's."""
_TEXTS: Final[Mapping[type, tuple[str, ...]]] = {
    TextPart: ("signature",),
    ThoughtPart: ("signature", "redacted", "id"),
    ToolCall: ("signature",),
}
"""The fields that a page has no other place for."""

PartT = TypeVar("PartT", TextPart, ThoughtPart, ToolCall)


def facts_of(part: TextPart | ThoughtPart | ToolCall | None) -> dict[str, Any]:
    """The facts that have to come back with *part*, as plain data; empty where there are none."""
    if part is None:
        return {}
    facts = {name: getattr(part, name) for name in _TEXTS[type(part)]}
    facts["native"] = None if part.native is None else written(cast(Any, part.native), "native")
    return {name: value for name, value in facts.items() if value is not None}


def with_facts(part: PartT, facts: object) -> PartT:
    """*part* with what `facts_of` gave; a fact that is nothing of that kind is left out."""
    if not isinstance(facts, Mapping):
        return part
    told: Mapping[str, Any] = cast(Any, facts)
    fields = {name: told.get(name) for name in _TEXTS[type(part)]}
    known: dict[str, Any] = {
        name: value for name, value in fields.items() if isinstance(value, str)
    }
    native = _native(told.get("native"))
    if native is not None:
        known["native"] = native
    return attrs.evolve(part, **known)


def _native(form: Any) -> Native | None:
    try:
        native = read(form, "native")
    except (ValueError, TypeError, RecursionError):
        return None
    return native if isinstance(native, Native) else None
