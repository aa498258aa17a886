"""The figures of a run as one SVG: a bar a contender, its length the ratio to the floor."""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from ._report import Row, Table

ROW = 18
LEFT = 330
WIDTH = 420
RIGHT = 230
OURS = "#2a6f97"
THEIRS = "#a9b4bd"


def chart(tables: Iterable[Table]) -> str:
    """All *tables*, one under another, on one logarithmic scale from a tenth of the floor."""
    shown = [table for table in tables if table.rows]
    most = max((row.ratio for table in shown for row in table.rows), default=10.0)
    decade = WIDTH / (math.log10(max(most, 10)) + 1)
    parts: list[str] = []
    y = 24
    for table in shown:
        parts.append(f'<text x="8" y="{y}" font-weight="bold">{escape(table.title)}</text>')
        top = y + 4
        for row in table.rows:
            y += ROW
            parts.append(_bar(row, table.unit, y, decade))
        parts.append(f'<path d="M{LEFT + decade:.0f} {top}V{y + 4}" stroke="#555" />')
        y += 2 * ROW
    note = "Bars: cost as a multiple of the floor (the line), on a logarithmic scale."
    parts.append(f'<text x="8" y="{y}" fill="#555">{note}</text>')
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{LEFT + WIDTH + RIGHT}"'
        f' height="{y + 12}" font-family="sans-serif" font-size="12">\n'
        "<title>Costs beside the floor, by benchmark and contender</title>\n"
        '<rect width="100%" height="100%" fill="#fff"/>'
    )
    return "\n".join([head, *parts, "</svg>", ""])


def _bar(row: Row, unit: str, y: int, decade: float) -> str:
    length = max(2.0, (math.log10(max(row.ratio, 0.1)) + 1) * decade)
    colour = OURS if row.name.startswith("lionpride_trio") else THEIRS
    figures = f"{row.ratio:.2f} × ({row.median:.2f} {escape(unit)})"
    return (
        f'<text x="{LEFT - 8}" y="{y}" text-anchor="end">{escape(row.name)}</text>\n'
        f'<rect x="{LEFT}" y="{y - 11}" width="{length:.0f}" height="13" fill="{colour}"/>\n'
        f'<text x="{LEFT + length + 6:.0f}" y="{y}">{figures}</text>'
    )
