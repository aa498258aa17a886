"""The axis of a timeline: marks at round times."""

from __future__ import annotations

import math

from ._rows import Span


def marks(span: Span, most: int) -> list[tuple[float, str]]:
    """At most *most* + 1 round times from the start of *span*, in seconds from it, with their words."""
    rough = span.seconds / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    count = int(span.seconds / step + 1e-9)
    return [(n * step, f"{n * step:.{digits}f} s") for n in range(count + 1)]
