"""Numbers and texts that a schema asks for."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import Any, Final

from ._json import JsonObject, as_count, as_text, pick

_SPAN: Final = 99
_MOST: Final = 100
"""Items of a list, or names of an object, that are made at most where the schema wants more."""


def invent_number(schema: JsonObject, random: Random, *, whole: bool) -> float:
    """Invent a number within its bounds."""
    low, high = _bounds(schema)
    step = schema.get("multipleOf")
    if isinstance(step, int | float) and step > 0:
        first, last = math.ceil(low / step), math.floor(high / step)
        made = random.randint(first, max(first, last)) * step
        return int(made) if whole else made
    if whole:
        smallest, largest = math.ceil(low), math.floor(high)
        return random.randint(smallest, max(smallest, largest))
    made = random.uniform(low, max(low, high))
    return rounded if low <= (rounded := round(made, 1)) <= high else made


def _bounds(schema: JsonObject) -> tuple[float, float]:
    low = _number(schema.get("minimum"))
    high = _number(schema.get("maximum"))
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    # The older drafts say by a boolean that the bound itself is excluded.
    above = low if above is True else _number(above)
    below = high if below is True else _number(below)
    if above is not None:
        low = max(above if low is None else low, _next(above, 1))
    if below is not None:
        high = min(below if high is None else high, _next(below, -1))
    if low is None and high is None:
        return 1, _MOST
    if low is None:
        assert high is not None
        return 1 if high >= 1 else high - _SPAN, high
    return low, max(_MOST, low + _SPAN) if high is None else high


def _next(bound: float, sign: int) -> float:
    """The next number after a bound that is excluded."""
    return math.nextafter(bound, math.inf * sign)


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def count_between(schema: JsonObject, what: str, *, at_least: int) -> tuple[int, int]:
    """How many there must be, and may be at most: ``minItems`` and ``maxItems``, for one."""
    snake = f"_{what.lower()}"
    most = as_count(pick(schema, f"max{what}", f"max{snake}"))
    least = as_count(pick(schema, f"min{what}", f"min{snake}")) or 0
    high = max(least, _MOST) if most is None else most
    return min(max(least, int(at_least)), high, _MOST), high


_FORMATS: Final[dict[str, Callable[[Random], str]]] = {
    "date": lambda r: f"{r.randint(1851, 2049)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
    "time": lambda r: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}Z",
    "email": lambda r: f"ishmael{r.randint(1, 999)}@pequod.example",
    "hostname": lambda r: f"ship{r.randint(1, 999)}.example",
    "uri": lambda r: f"https://pequod.example/{r.randint(1, 999)}",
    "uuid": lambda r: (
        f"{(n := r.getrandbits(128)) >> 96:08x}-{n >> 80 & 0xFFFF:04x}-4{n >> 64 & 0xFFF:03x}"
        f"-a{n >> 48 & 0xFFF:03x}-{n & 0xFFFFFFFFFFFF:012x}"
    ),
    "ipv4": lambda r: f"192.0.2.{r.randint(1, 254)}",
    "ipv6": lambda r: f"2001:db8::{r.randint(1, 0xFFFF):x}",
    "duration": lambda r: f"P{r.randint(1, 30)}D",
}


def invent_text(schema: JsonObject, random: Random, words: Callable[[str], str]) -> str:
    """Invent a text of its format, or a few words of its length."""
    form = as_text(schema.get("format"))
    if form == "date-time":
        return f"{_FORMATS['date'](random)}T{_FORMATS['time'](random)}"
    if form in _FORMATS:
        return _FORMATS[form](random)
    text = words(str(random.random()))
    low, high = as_count(schema.get("minLength")) or 0, as_count(schema.get("maxLength"))
    while len(text) < low:
        text += " " + (words(str(random.random())) or "whale")
    return text if high is None else text[: max(high, 0)]
