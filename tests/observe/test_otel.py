"""Spans and metrics, as the SDK's own exporters keep them and as a collector gets them."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import trio
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

from lionpride_trio import ConfigurationError, LionprideError, Retry, Session, iModel
from lionpride_trio._observer import _events as events
from lionpride_trio.durable import open_streams
from lionpride_trio.observe import OpenTelemetry
from lionpride_trio.observe._otel_names import LATEST, OPT_IN
from lionpride_trio.operations import Builder, flow
from lionpride_trio.testing import Script, ScriptedClient, ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from tests.observe.kept_spans import Kept, in_order, read
from tests.observe.recorder import model_of, saying

REFUSED = Script([b'{"error": {"message": "the prompt again"}}'], status=429)


async def test_a_call_is_one_span_over_all_its_attempts(autojump_clock):
    kept = Kept(names="current")
    model = model_of(REFUSED, saying(1.0, "a", 20.0, "b"), observers=[kept.observer], retry=Retry(wait_jitter=0))  # fmt: skip
    await read(model)
    (span,) = kept.spans
    assert span.name == "chat m"
    assert span.kind is SpanKind.CLIENT
    assert span.parent is None
    assert span.status.status_code is StatusCode.UNSET
    assert (span.end_time - span.start_time) / 1e9 == pytest.approx(21.5)
    assert dict(span.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.request.stream": True,
        "gen_ai.response.model": "m",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.time_to_first_chunk": pytest.approx(1.0),
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 8,
        "server.address": "api.openai.com",
        "server.port": 443,
        "http.response.status_code": 200,
        "lionpride_trio.attempts": 2,
        "lionpride_trio.chunks": 4,
        "lionpride_trio.longest_gap": pytest.approx(20.0),
        "lionpride_trio.waited": 0.0,
        "lionpride_trio.outcome": "ended",
        "lionpride_trio.verdict": "complete",
    }
    assert [event.name for event in span.events] == [
        "request sent", "retry", "request sent", "first content", "stalled",
    ]  # fmt: skip
    assert dict(span.events[1].attributes)["error.type"] == "RateLimited"
    assert (span.events[3].timestamp - span.start_time) / 1e9 == pytest.approx(1.5)


async def test_its_metrics_are_those_of_the_conventions(autojump_clock):
    kept = Kept(names="current")
    await read(model_of(saying(1.0, "a", 3.0, "b"), observers=[kept.observer]))
    points = kept.points()
    (duration,) = points["gen_ai.client.operation.duration"]
    assert (duration.count, duration.sum) == (1, pytest.approx(4.0))
    assert duration.explicit_bounds[0] == pytest.approx(0.01)
    assert dict(duration.attributes) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "gen_ai.response.model": "m",
        "server.address": "api.openai.com",
        "server.port": 443,
    }
    tokens = {
        point.attributes["gen_ai.token.type"]: point.sum
        for point in points["gen_ai.client.token.usage"]
    }
    assert tokens == {"input": 3, "output": 8}
    (first,) = points["gen_ai.client.operation.time_to_first_chunk"]
    assert first.sum == pytest.approx(1.0)
    (each,) = points["gen_ai.client.operation.time_per_output_chunk"]
    assert (each.count, each.sum) == (3, pytest.approx(3.0))


async def test_a_failure_is_an_error_with_its_type_and_no_text():
    kept = Kept()
    with pytest.raises(LionprideError):
        await read(model_of(REFUSED, observers=[kept.observer], retry=None))
    (span,) = kept.spans
    assert span.status.status_code is StatusCode.ERROR
    assert span.status.description == span.attributes["error.type"] == "RateLimited"
    assert "prompt" not in span.to_json()
    (duration,) = kept.points()["gen_ai.client.operation.duration"]
    assert duration.attributes["error.type"] == "RateLimited"


async def test_one_that_was_left_is_none(autojump_clock):
    kept = Kept()
    with trio.move_on_after(5):
        await read(model_of(saying("a", 9.0), observers=[kept.observer]))
    (span,) = kept.spans
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes["lionpride_trio.outcome"] == "cancelled"


@pytest.mark.parametrize(
    ("environment", "names", "current", "old"),
    [
        ("", None, True, True),
        ("http", None, True, True),
        (f"http, {LATEST}", None, True, False),
        ("", "current", True, False),
        (LATEST, "old", False, True),
        (LATEST, "both", True, True),
    ],
)
async def test_the_environment_chooses_the_names(monkeypatch, environment, names, current, old):
    monkeypatch.setenv(OPT_IN, environment)
    kept = Kept(names=names)
    await read(model_of(saying("a"), observers=[kept.observer]))
    (span,) = kept.spans
    for name in ("gen_ai.provider.name", "gen_ai.request.stream"):
        assert (name in span.attributes) is current
    for name in ("gen_ai.system", "gen_ai.usage.prompt_tokens", "gen_ai.usage.completion_tokens"):
        assert (name in span.attributes) is old
    points = kept.points()
    assert ("gen_ai.client.operation.time_to_first_chunk" in points) is current
    assert points["gen_ai.client.token.usage"]


async def test_a_provider_has_the_name_of_the_conventions():
    kept = Kept()
    answer = b'data: {"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}]}\n\n'
    client = ScriptedClient([answer])
    await read(iModel("gemini", "g", api_key="k", http_client=client, observers=[kept.observer]))
    assert kept.spans[0].attributes["gen_ai.provider.name"] == "gcp.gemini"


@tool
async def weather(city: str) -> str:
    "The weather now."
    with trace.get_tracer("x", tracer_provider=TRACERS[-1]).start_as_current_span("look outside"):
        await trio.lowlevel.checkpoint()
    return "rain"


TRACERS = []


async def test_the_spans_of_a_flow_have_their_parents_across_its_nurseries():
    kept = Kept()
    TRACERS.append(kept.tracers)

    async def work(context):
        other = model_of(saying("b"))
        with kept.tracer.start_as_current_span("by hand"):
            await read(other)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(read, other)
            nursery.start_soon(trio.lowlevel.checkpoint)

    async with Session() as session:
        session.services.register(model_of(saying("a"), stream=True, name="m"))
        provider = ScriptedProvider([tool_call("weather", city="Oslo")], "Yes.")
        session.services.register(provider.model(stream=True, name="t"))
        builder = Builder(session=session)
        builder.communicate(instruction="?", imodel="m", branch="one", name="one")
        builder.converse(instruction="?", imodel="t", branch="two", tools=[weather], name="two")
        builder.add(work, name="work")
        with kept.tracer.start_as_current_span("request"):
            await flow(builder, observers=[kept.observer])
            assert trace.get_current_span().name == "request"
    assert kept.parents() == in_order([
        ("request", None),
        ("invoke_workflow", "request"),
        ("operation one", "invoke_workflow"),
        ("invoke_agent", "operation one"),
        ("chat m", "invoke_agent"),
        ("operation two", "invoke_workflow"),
        ("invoke_agent", "operation two"),
        ("chat scripted", "invoke_agent"),
        ("chat scripted", "invoke_agent"),
        ("execute_tool weather", "invoke_agent"),
        ("look outside", "execute_tool weather"),
        ("operation work", "invoke_workflow"),
        ("by hand", "operation work"),
        ("chat m", "by hand"),
        ("chat m", "operation work"),
    ])
    assert kept.one("invoke_workflow").attributes["lionpride_trio.operations.done"] == 3


async def test_nothing_leaks_into_who_reads():
    kept = Kept()
    async with Session(observers=[kept.observer]) as session:
        model = model_of(saying("a", "b"), stream=True)
        session.services.register(model)
        async with model.stream("?") as reply:
            async for _ in reply:
                assert not trace.get_current_span().get_span_context().is_valid
                with kept.tracer.start_as_current_span("of the reader"):
                    pass
        async with session.ask("main", "?", imodel=model) as turn:
            async for _ in turn:
                with kept.tracer.start_as_current_span("of the reader"):
                    pass
        async for _ in model.stream("?"):
            with kept.tracer.start_as_current_span("of the reader"):
                pass
        assert not trace.get_current_span().get_span_context().is_valid
    assert {parent for name, parent in kept.parents() if name == "of the reader"} == {None}


async def test_a_durable_stream_is_a_span_around_its_call():
    kept = Kept()
    async with open_streams("memory:", observers=[kept.observer]) as streams:
        await streams.start("chat-42", model_of(saying("a")).stream("?"))
        async with streams.follow("chat-42") as channel:
            async for _ in channel:
                pass
    assert kept.parents() == [("chat m", "durable stream"), ("durable stream", None)]
    assert kept.one("durable stream").attributes["lionpride_trio.stream"] == "chat-42"


async def test_content_is_there_when_it_is_asked_for():
    kept, silent = Kept(content=True), Kept()
    provider = ScriptedProvider([tool_call("weather", city="Oslo")], "Take a coat.")
    TRACERS.append(kept.tracers)
    model = provider.model(stream=True, observers=[kept.observer, silent.observer])
    asked = [{"role": "user", "content": [{"type": "text", "text": "A coat?"}, {"type": "image"}]}]
    async with model.converse(asked, tools=[weather]) as turn:
        async for _ in turn:
            pass
    first, second = [span for span in kept.spans if span.name == "chat scripted"]
    told = json.loads(second.attributes["gen_ai.input.messages"])
    assert told[0] == {
        "role": "user",
        "parts": [{"type": "text", "content": "A coat?"}, {"type": "image"}],
    }
    assert "Oslo" in first.attributes["gen_ai.output.messages"]
    (answer,) = json.loads(second.attributes["gen_ai.output.messages"])
    assert answer["parts"] == [{"type": "text", "content": "Take a coat."}]
    assert answer["finish_reason"] == "stop"
    for span in silent.spans:
        assert "coat" not in span.to_json()


async def test_an_observer_that_comes_late_tells_nothing_of_what_it_did_not_see_begin():
    kept = Kept()
    finished = events.ToolFinished(
        call_id="a", parent_id=None, sequence=1, time=1.0, provider=None, model=None,
        tool="t", outcome="ended", error=None,
    )  # fmt: skip
    kept.observer.tool_finished(finished)
    assert kept.spans == ()


class Collector(BaseHTTPRequestHandler):
    """Takes what an OTLP exporter sends over HTTP, as a collector does."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        kind = (
            ExportTraceServiceRequest if self.path == "/v1/traces" else ExportMetricsServiceRequest
        )
        self.server.came.append(kind.FromString(body))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@contextlib.contextmanager
def collecting():
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        server.came = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server, f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


async def test_a_collector_gets_them():
    with collecting() as (server, url):
        tracers, meters = TracerProvider(), None
        tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{url}/v1/traces")))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{url}/v1/metrics"))
        meters = MeterProvider(metric_readers=[reader])
        observer = OpenTelemetry(tracer_provider=tracers, meter_provider=meters)
        await read(model_of(saying("a"), observers=[observer]))
        await trio.to_thread.run_sync(tracers.shutdown)
        await trio.to_thread.run_sync(meters.shutdown)
    spans = [
        span.name
        for request in server.came
        if isinstance(request, ExportTraceServiceRequest)
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    assert spans == ["chat m"]
    metrics = {
        metric.name
        for request in server.came
        if isinstance(request, ExportMetricsServiceRequest)
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert "gen_ai.client.operation.duration" in metrics


def test_another_set_of_names_is_refused():
    with pytest.raises(ConfigurationError, match="names"):
        OpenTelemetry(names="new")
