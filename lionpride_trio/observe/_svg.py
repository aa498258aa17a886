"""A timeline as an SVG: rows of bars on one axis, for a page that is light or dark.

Colour never says a thing alone: waiting is dotted, a failure has its cross and its name, chunks are ticks.  The
drawing is made of a few paths, whose number does not grow with that of the chunks: ticks that would fall on one
pixel are one.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from html import escape
from typing import Final

from ._bars import Bar
from ._rows import Row, Span, edges_of
from ._scale import marks
from ._text_width import plain, shortened
from ._words import short_ending, told

ROW: Final = 26
BAR: Final = 14
HEAD: Final = 52
FONT: Final = 13
_STYLE: Final = """
.lpt { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
.lpt .page { fill: #ffffff; } .lpt text { fill: #1f2328; } .lpt .soft { fill: #59636e; font-size: 12px; }
.lpt .title { font-weight: 600; font-size: 15px; } .lpt .grid { stroke: #d1d9e0; fill: none; }
.lpt .waits { stroke: #59636e; stroke-dasharray: 2 3; stroke-width: 2; fill: none; }
.lpt .asks { fill: #d1d9e0; } .lpt .answers { fill: #b6daff; } .lpt .ticks { stroke: #0550ae; fill: none; }
.lpt .first { fill: #0550ae; } .lpt .works { fill: #a475f9; } .lpt .tool { fill: #d4a72c; }
.lpt .flow { stroke: #59636e; fill: none; stroke-width: 1.5; } .lpt .edge { stroke: #818b98; fill: none; }
.lpt .tip { fill: #818b98; } .lpt .bad { fill: #cf222e; } .lpt .cross { stroke: #cf222e; stroke-width: 2; fill: none; }
.lpt .slow { fill: #9a6700; }
@media (prefers-color-scheme: dark) {
.lpt .page { fill: #0d1117; } .lpt text { fill: #e6edf3; } .lpt .soft { fill: #9198a1; }
.lpt .grid { stroke: #30363d; } .lpt .waits { stroke: #9198a1; } .lpt .asks { fill: #3d444d; }
.lpt .answers { fill: #0c3a6e; } .lpt .ticks { stroke: #79c0ff; } .lpt .first { fill: #79c0ff; }
.lpt .works { fill: #8957e5; } .lpt .tool { fill: #bb8009; } .lpt .flow { stroke: #9198a1; }
.lpt .edge { stroke: #6e7681; } .lpt .tip { fill: #6e7681; } .lpt .bad { fill: #ff7b72; }
.lpt .cross { stroke: #ff7b72; } .lpt .slow { fill: #e3b341; }
}
""".strip()
_LEGEND: Final = (
    ("waits", "waits"),
    ("asks", "asks"),
    ("answers", "answers, a tick an arrival"),
    ("first", "first content"),
    ("tool", "tool"),
    ("works", "operation"),
    ("cross", "failed"),
    ("slow", "stalled"),
)


def draw_svg(rows: Sequence[Row], span: Span, *, width: int, title: str, told: str) -> str:
    """The drawing; *told* is the text for those who do not see it."""
    picture = _Picture(span, width)
    body = [picture.row(row, number) for number, row in enumerate(rows)]
    edges = picture.edges(rows)
    legend, legend_height = _legend(width, _kinds(rows))
    bottom = HEAD + ROW * max(len(rows), 1)
    height = bottom + legend_height + 12
    key = f"lpt{zlib.crc32(told.encode('utf-8', 'replace')):08x}"
    return "\n".join([
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="lpt" role="img" width="{width}"'
            f' height="{height}" viewBox="0 0 {width} {height}" aria-labelledby="{key}t {key}d">'
        ),
        f'<title id="{key}t">{_safe(title)}</title>',
        f'<desc id="{key}d">{_safe(told)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{width}" height="{height}" rx="6"/>',
        f'<text class="title" x="12" y="22">{_safe(shortened(title, (width - 24) / 8.5))}</text>',
        *picture.axis(bottom),
        *edges,
        *body,
        f'<g transform="translate(0 {bottom + 16})">{legend}</g>',
        "</svg>",
        "",
    ])


def _safe(text: str) -> str:
    return escape(plain(text))


class _Picture:
    """The places of things: columns for names and ends, and the axis between them."""

    def __init__(self, span: Span, width: int) -> None:
        self._span = span
        self._names = min(240.0, max(96.0, width * 0.24))
        self._ends = min(190.0, max(84.0, width * 0.21))
        self._left = self._names + 16
        self._right = width - self._ends - 12

    def x(self, time: float) -> float:
        """The place of a time."""
        share = (time - self._span.began) / self._span.seconds
        return self._left + max(0.0, min(1.0, share)) * (self._right - self._left)

    def axis(self, bottom: int) -> list[str]:
        """The times and their lines."""
        most = max(2, int((self._right - self._left) / 80))
        drawn: list[str] = []
        for at, words in marks(self._span, most):
            x = _n(self.x(self._span.began + at))
            drawn += [
                f'<path class="grid" d="M{x} {HEAD - 8}V{bottom}"/>',
                f'<text class="soft" x="{x}" y="{HEAD - 13}" text-anchor="middle">{words}</text>',
            ]
        return drawn

    def row(self, row: Row, number: int) -> str:
        """One row: its name, its bar and its end."""
        top = HEAD + ROW * number + (ROW - BAR) / 2
        indent = 12 + 10 * min(row.depth, 4)
        room = (self._names - indent + 8) / (FONT * 0.56)
        base = _n(top + BAR - 3)
        failed = row.bar.outcome == "failed"
        end = shortened(short_ending(row, self._span), self._ends / (FONT * 0.5))
        parts = [
            f"<g><title>{_safe(told(row, self._span))}</title>",
            f'<text x="{indent}" y="{base}">{_safe(shortened(row.label, room))}</text>',
            *self._bar(row, top),
            (
                f'<text class="soft{" bad" if failed else ""}" x="{_n(self._right + 10)}" y="{base}">'
                f"{_safe(end)}</text>"
            ),
            "</g>",
        ]
        return "".join(parts)

    def _bar(self, row: Row, top: float) -> list[str]:
        bar, detail = row.bar, row.detail
        begin, end = self.x(bar.began), self.x(row.until(self._span))
        if bar.kind == "flow":
            return [f'<path class="flow" d="M{_n(begin)} {_n(top + BAR)}v-5H{_n(end)}v5"/>']
        if detail.kind != "call":
            kind = "tool" if bar.kind == "tool" else "works"
            drawn = [_box(kind, begin, end, top + 2, BAR - 4)]
        else:
            drawn = self._call(detail, end, top)
        if bar.outcome == "failed":
            drawn.append(f'<path class="cross" d="M{_n(end - 4)} {_n(top + 3)}l8 8m0-8l-8 8"/>')
        return drawn

    def _call(self, bar: Bar, end: float, top: float) -> list[str]:
        middle = top + BAR / 2
        drawn = [
            f'<path class="waits" d="M{_n(self.x(begin))} {_n(middle)}'
            f'H{_n(self.x(self._span.ended if until is None else until))}"/>'
            for begin, until in bar.waits
        ]
        asked_at = bar.waits[-1][1] if bar.waits and bar.waits[-1][1] is not None else bar.began
        for attempt in bar.attempts:
            begin = asked_at if attempt.sent is None else min(asked_at, attempt.sent)
            if attempt.failed is not None:
                last = self.x(attempt.failed)
                drawn += [
                    _box("asks", self.x(begin), last, top + 2, BAR - 4),
                    f'<path class="cross" d="M{_n(last - 3)} {_n(top + 4)}l6 6m0-6l-6 6"/>',
                ]
                asked_at = attempt.resumed if attempt.resumed is not None else attempt.failed
                continue
            first = end if bar.first_content is None else self.x(bar.first_content)
            drawn.append(_box("asks", self.x(begin), first, top + 2, BAR - 4))
        if bar.first_content is not None:
            first = self.x(bar.first_content)
            drawn.append(_box("answers", first, end, top, BAR))
            columns = sorted({round(self.x(at) * 2) / 2 for at, _ in bar.arrivals})
            if columns:
                ticks = "".join(f"M{_n(x)} {_n(top + 2)}v{BAR - 4}" for x in columns)
                drawn.append(f'<path class="ticks" d="{ticks}"/>')
            drawn.append(f'<circle class="first" cx="{_n(first)}" cy="{_n(middle)}" r="4"/>')
        drawn += [
            f'<path class="slow" d="M{_n(self.x(at) - 5)} {_n(top + BAR + 1)}l5-8l5 8z"/>'
            for at, _ in bar.stalls
        ]
        return drawn

    def edges(self, rows: Sequence[Row]) -> list[str]:
        """The edges of flows, from the end of what is needed to the start of what needs it."""
        drawn: list[str] = []
        for above, below in edges_of(rows):
            x2 = self.x(rows[below].bar.began)
            x1 = min(self.x(rows[above].until(self._span)), x2)
            y1, y2 = HEAD + ROW * above + ROW / 2, HEAD + ROW * below + ROW / 2
            bend = 14 if x2 - x1 < 28 else (x2 - x1) / 2
            drawn += [
                (
                    f'<path class="edge" d="M{_n(x1)} {_n(y1)}C{_n(x1 + bend)} {_n(y1)}'
                    f' {_n(x2 - bend)} {_n(y2)} {_n(x2 - 4)} {_n(y2)}"/>'
                ),
                f'<path class="tip" d="M{_n(x2)} {_n(y2)}l-6-4v8z"/>',
            ]
        return drawn


def _kinds(rows: Sequence[Row]) -> set[str]:
    """What of the legend the rows need."""
    found: set[str] = set()
    for row in rows:
        bar, detail = row.bar, row.detail
        if detail.kind == "call":
            found |= {"asks"} | (
                {"answers", "first"} if detail.first_content is not None else set()
            )
            found |= {"waits"} if detail.waits else set()
            found |= {"slow"} if detail.stalls else set()
            found |= {"cross"} if any(one.failed is not None for one in detail.attempts) else set()
        elif bar.kind != "flow":
            found.add("tool" if bar.kind == "tool" else "works")
        if bar.outcome == "failed":
            found.add("cross")
    return found


def _legend(width: int, kinds: set[str]) -> tuple[str, int]:
    """The signs and their words, in as many lines as they take; and how high that is."""
    drawn: list[str] = []
    x, y = 12.0, 0
    for kind, words in _LEGEND:
        if kind not in kinds:
            continue
        room = 30 + len(words) * 6.6
        if x + room > width and x > 12:
            x, y = 12.0, y + 20
        drawn.extend((
            _sign(kind, x, y),
            f'<text class="soft" x="{_n(x + 24)}" y="{y + 5}">{words}</text>',
        ))
        x += room + 12
    return "".join(drawn), y + 12


def _sign(kind: str, x: float, y: int) -> str:
    match kind:
        case "waits":
            return f'<path class="waits" d="M{_n(x)} {y}h18"/>'
        case "first":
            return f'<circle class="first" cx="{_n(x + 9)}" cy="{y}" r="4"/>'
        case "cross":
            return f'<path class="cross" d="M{_n(x + 5)} {y - 4}l8 8m0-8l-8 8"/>'
        case "slow":
            return f'<path class="slow" d="M{_n(x + 4)} {y + 4}l5-8l5 8z"/>'
        case "answers":
            ticks = "".join(f"M{_n(x + place)} {y - 5}v10" for place in (3, 7, 14))
            return _box(kind, x, x + 18, y - 7, BAR) + f'<path class="ticks" d="{ticks}"/>'
        case _:
            return _box(kind, x, x + 18, y - 5, BAR - 4)


def _box(kind: str, begin: float, end: float, top: float, height: float) -> str:
    wide = max(1.5, end - begin)
    return (
        f'<rect class="{kind}" x="{_n(begin)}" y="{_n(top)}" width="{_n(wide)}"'
        f' height="{_n(height)}" rx="2"/>'
    )


def _n(value: float) -> str:
    """A number without digits that nobody sees."""
    return f"{value:.1f}".removesuffix(".0")
