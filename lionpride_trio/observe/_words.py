"""A timeline in sentences: for those who do not see the picture, and for tests."""

from __future__ import annotations

from collections.abc import Sequence

from ._rows import Row, Span

_KINDS = {
    "call": "call",
    "turn": "turn",
    "tool": "tool",
    "operation": "operation",
    "flow": "flow",
    "stream": "durable stream",
}


def describe(rows: Sequence[Row], span: Span) -> str:
    """Return a sentence for each row, of what ran when."""
    if not rows:
        return "Nothing ran."
    many = f"{len(rows)} rows" if len(rows) > 1 else "One row"
    return " ".join([f"{many} over {seconds(span.seconds)}.", *(told(row, span) for row in rows)])


def told(row: Row, span: Span) -> str:
    """One row as a sentence."""
    bar, detail = row.bar, row.detail
    facts = [f"began at {seconds(bar.began - span.began)}"]
    waited = sum((span.ended if end is None else end) - begin for begin, end in detail.waits)
    if detail.waits:
        facts.append(f"waited {seconds(waited)}")
    retries = sum(attempt.failed is not None for attempt in detail.attempts)
    if retries:
        facts.append(f"{retries} {'retry' if retries == 1 else 'retries'}")
    if detail.first_content is not None:
        facts.append(f"first content after {seconds(detail.first_content - bar.began)}")
    if detail.chunks:
        facts.append(f"{detail.chunks} chunks")
    facts += [f"stalled by its {slow} at {seconds(at - span.began)}" for at, slow in detail.stalls]
    facts.append(ending(row, span))
    return f"{_KINDS[bar.kind].capitalize()} {row.label}: {', '.join(facts)}."


def ending(row: Row, span: Span) -> str:
    """How a row ended, and after how long."""
    bar = row.bar
    after = seconds(row.until(span) - bar.began)
    if bar.outcome is None:
        return f"going on for {after}"
    how = bar.how or row.detail.how
    return f"{bar.outcome}{f' ({how})' if how else ''} after {after}"


def short_ending(row: Row, span: Span) -> str:
    """The same in a few characters."""
    bar = row.bar
    after = seconds(row.until(span) - bar.began)
    if bar.outcome is None:
        return f"{after} …"
    how = bar.how or row.detail.how
    return f"{after} {bar.outcome if bar.outcome in {'cancelled', 'left'} else how}".rstrip()


def seconds(value: float) -> str:
    """A time in words that fit it."""
    if value >= 100:
        return f"{value:.0f} s"
    if value >= 0.1 or value == 0:
        return f"{value:.2f} s"
    return f"{value * 1000:.1f} ms"
