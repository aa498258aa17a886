"""The trace that goes on in another process: the current span travels as the headers of W3C's trace context.

A program that has not imported OpenTelemetry has no span, so nothing is imported for it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping


def current_trace() -> dict[str, str]:
    """The span that is current here, as headers; none where there is none."""
    headers: dict[str, str] = {}
    if sys.modules.get("opentelemetry") is not None:
        from opentelemetry import propagate

        propagate.inject(headers)
    return headers


def continue_trace(headers: Mapping[str, str]) -> None:
    """Make the span of *headers* current in the calling task, if the worker has OpenTelemetry."""
    if not headers:
        return
    try:
        from opentelemetry import context, propagate
    except ImportError:
        return
    context.attach(propagate.extract(headers))
