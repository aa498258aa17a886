"""A trace of OpenTelemetry goes on in the worker."""

from __future__ import annotations

import sys

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from lionpride_trio.distributed import remote
from lionpride_trio.distributed._trace import continue_trace, current_trace
from tests.distributed import jobs
from tests.distributed.fake_bridge import workers

__all__ = ["workers"]


async def test_the_span_here_is_that_of_the_worker(workers):
    tracer = TracerProvider().get_tracer("tests")
    with tracer.start_as_current_span("home") as span:
        async with remote(jobs.traced) as channel:
            assert await channel.receive() == span.get_span_context().trace_id
    assert current_trace() == {}


def test_without_opentelemetry_there_is_no_trace(monkeypatch):
    tracer = TracerProvider().get_tracer("tests")
    with tracer.start_as_current_span("home"):
        headers = current_trace()
        monkeypatch.setitem(sys.modules, "opentelemetry", None)
        assert current_trace() == {}
    continue_trace(headers)
    assert not trace.get_current_span().get_span_context().is_valid
