"""Numbers and types of JSON, as the providers' sentences speak of them."""

from __future__ import annotations

from typing import Any, Literal

import attrs


@attrs.frozen
class Range:
    """The numbers that a field takes."""

    low: float
    high: float = float("inf")
    whole: bool = False

    def fault(self, value: Any) -> Literal["type", "low", "high"] | None:
        """Say what is wrong with *value*; JSON's null is none."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return "type"
        if self.whole and isinstance(value, float) and not value.is_integer():
            return "type"
        if value < self.low:
            return "low"
        return "high" if value > self.high else None


def type_name(value: Any) -> str:
    """Name the JSON type of a value, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


def quoted(words: tuple[str, ...]) -> str:
    """List words as OpenAI does: ``'a', 'b', and 'c'``."""
    marked = [f"'{word}'" for word in words]
    if len(marked) > 2:
        return f"{', '.join(marked[:-1])}, and {marked[-1]}"
    return " and ".join(marked)
