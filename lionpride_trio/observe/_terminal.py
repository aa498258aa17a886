"""A timeline as lines of text, for a terminal.

A cell of a row is a piece of the axis: ``·`` waits, ``─`` asks, ``░`` answers and nothing came, ``█`` chunks
came, ``●`` the first content, ``↻`` an attempt failed and was repeated, ``!`` a stall, ``✗`` failed; ``▒`` is
a tool and ``▓`` an operation.  A terminal that has only ASCII gets others (`ASCII_SIGNS`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ._rows import Row, Span
from ._scale import marks
from ._text_width import padded, shortened, width_of
from ._words import short_ending

ASCII_SIGNS: Final[Mapping[str, str]] = {
    "·": ".", "─": "-", "░": ":", "█": "#", "●": "*", "↻": "@", "✗": "x", "▒": "+", "▓": "=", "…": "~",
}  # fmt: skip
"""What stands for each sign where there is only ASCII: one character each, so that the columns stay."""


def in_ascii(text: str) -> str:
    """*text* with those signs, and ``?`` for each column of all else that is not ASCII."""
    return "".join(
        sign if sign.isascii() else ASCII_SIGNS.get(sign, "?" * width_of(sign)) for sign in text
    )


def draw_text(rows: Sequence[Row], span: Span, *, width: int) -> str:
    """The rows in *width* columns, below their axis."""
    if not rows:
        return "nothing ran"
    names = min(max(width_of(_name(row)) for row in rows), width // 4)
    ends = min(max(len(_end(row, span)) for row in rows), width * 3 // 10)
    cells = width - names - ends - 4
    lines = [f"{' ' * names}  {_axis(span, cells)}".rstrip()]
    lines += [
        f"{padded(_name(row), names)}  {_cells(row, span, cells)}  {shortened(_end(row, span), ends)}".rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def _name(row: Row) -> str:
    return "  " * min(row.depth, 4) + row.label


def _end(row: Row, span: Span) -> str:
    return short_ending(row, span)


def _axis(span: Span, cells: int) -> str:
    line = [" "] * cells
    free = 0
    for at, words in marks(span, max(2, cells // 12)):
        place = _cell(span.began + at, span, cells)
        if place >= free and place + len(words) <= cells:
            line[place : place + len(words)] = words
            free = place + len(words) + 1
    return "".join(line)


def _cell(time: float, span: Span, cells: int) -> int:
    share = (time - span.began) / span.seconds
    return max(0, min(cells - 1, int(share * cells)))


def _cells(row: Row, span: Span, cells: int) -> str:
    line = [" "] * cells
    bar, detail = row.bar, row.detail

    def fill(sign: str, begin: float, end: float) -> None:
        for place in range(_cell(begin, span, cells), _cell(end, span, cells) + 1):
            line[place] = sign

    def put(sign: str, at: float) -> None:
        line[_cell(at, span, cells)] = sign

    until = row.until(span)
    if detail.kind != "call":
        fill("─" if bar.kind == "flow" else "▒" if bar.kind == "tool" else "▓", bar.began, until)
    else:
        fill("─", detail.began, until)
        for begin, end in detail.waits:
            fill("·", begin, span.ended if end is None else end)
        if detail.first_content is not None:
            fill("░", detail.first_content, until)
            for at, _ in detail.arrivals:
                put("█", at)
            put("●", detail.first_content)
        for attempt in detail.attempts:
            if attempt.failed is not None:
                put("↻", attempt.failed)
        for at, _ in detail.stalls:
            put("!", at)
    if bar.outcome == "failed":
        put("✗", until)
    return "".join(line)
