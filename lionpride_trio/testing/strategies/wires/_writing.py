"""What the writers of all wires share: JSON in several hands, framing, and noise between events."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

import attrs
from hypothesis import strategies as st

from .._cutting import cuts

T = TypeVar("T")

Event: TypeAlias = tuple[str | None, Any]
"""An event's type, where the API sends one, and its data: a value for JSON, or a `str` as it is."""


MOST_PIECES: Final = 12
"""Deltas of one text, so that bodies stay short enough to be read."""


@attrs.frozen
class Hand:
    """How one body is written."""

    draw: st.DrawFn
    ascii: bool = False
    """Escape all that is not ASCII; then a character may be cut into its two surrogates."""
    indented: bool = False
    """JSON on several lines, so several data lines."""

    def json(self, value: Any) -> str:
        """*value* in this hand; a `str` is there already."""
        if isinstance(value, str):
            return value
        separators = None if self.indented else (",", ":")
        return json.dumps(
            value,
            ensure_ascii=self.ascii,
            indent=1 if self.indented else None,
            separators=separators,
        )

    def pieces(self, text: str) -> list[str]:
        """*text* cut for its deltas."""
        if self.ascii:
            text = "".join(char if char < "\U00010000" else _surrogates(char) for char in text)
        pieces = self.draw(cuts(text)) if text else []
        if len(pieces) > MOST_PIECES:
            pieces[MOST_PIECES:] = ["".join(pieces[MOST_PIECES:])]
        return pieces

    def maybe(self) -> bool:
        """Yes or no; the simplest is no."""
        return self.draw(st.booleans())


def _surrogates(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(chr(int.from_bytes(units[n : n + 2], "big")) for n in (0, 2))


def in_turns(hand: Hand, one: Sequence[T], other: Sequence[T]) -> list[T]:
    """Two sequences as one, each in its order."""
    made: list[T] = []
    first, second = list(one), list(other)
    while first and second:
        made.append(second.pop(0) if hand.maybe() else first.pop(0))
    return [*made, *first, *second]


_IDLE: Final = [
    ": ping\n\n",
    ":\n\n",
    "retry: 3000\n\n",
    "id: 7\n\n",
    "\n",
    ": OPENROUTER PROCESSING\n\n",
]


def sse_body(
    hand: Hand, events: Iterable[Event], unknown: Sequence[Event], *, crlf: bool = False
) -> bytes:
    """*events* as server-sent events, with idle lines and *unknown* ones between them."""
    line_end = "\r\n" if crlf else hand.draw(st.sampled_from(["\n", "\r\n", "\r"]))
    blank = hand.draw(st.sampled_from([" ", ""]))
    noisy = hand.maybe()
    noise: list[Callable[[], str]] = [lambda: hand.draw(st.sampled_from(_IDLE))]
    if unknown:
        noise.append(lambda: _event(hand, hand.draw(st.sampled_from(unknown)), blank))
    body = "\ufeff" if noisy and hand.maybe() else ""
    for event in events:
        if noisy and hand.maybe():
            body += hand.draw(st.sampled_from(noise))()
        body += _event(hand, event, blank)
    return body.replace("\n", line_end).encode()


def _event(hand: Hand, event: Event, blank: str) -> str:
    name, value = event
    head = "" if name is None else f"event:{blank}{name}\n"
    # Some services leave blanks at the end of the line.
    lines = hand.json(value).split("\n")
    return head + "".join(f"data:{blank}{line}\n" for line in lines) + "\n"
