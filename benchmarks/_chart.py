"""The figures of a run as one SVG: a bar a contender, its length the ratio to the floor."""

from __future__ import annotations

import math
from html import escape

from ._measure import Table

ROW = 18
LEFT = 330
WIDTH = 360


def chart(tables: list[Table]) -> str:
    """All *tables*, one under another, on a logarithmic scale."""
    parts: list[str] = []
    y = 24
    most = max((row.ratio for table in tables for row in table.rows), default=1.0)
    scale = WIDTH / max(math.log10(max(most, 10)) + 1, 1)
    for table in tables:
        parts.append(f'<text x="8" y="{y}" font-weight="bold">{escape(table.title)}</text>')
        for row in table.rows:
            y += ROW
            length = max(2.0, (math.log10(max(row.ratio, 0.1)) + 1) * scale)
            colour = "#2a6f97" if row.name.startswith("lionpride_trio") else "#a9b4bd"
            figures = f"{row.ratio:.2f} × ({row.median:.2f} {escape(table.unit)})"
            parts += [
                f'<text x="{LEFT - 8}" y="{y}" text-anchor="end">{escape(row.name)}</text>',
                f'<rect x="{LEFT}" y="{y - 11}" width="{length:.0f}" height="13" fill="{colour}"/>',
                f'<text x="{LEFT + length + 6:.0f}" y="{y}">{figures}</text>',
            ]
        y += 2 * ROW
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 200}" height="{y}"'
        ' font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, *parts, "</svg>", ""])
