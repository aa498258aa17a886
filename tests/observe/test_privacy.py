"""Nothing that is said, and no key, is in what observers are told and in what they write."""

import json
import logging

import pytest
import trio
from hypothesis import given, settings, strategies as st
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from trio.testing import MockClock

from lionpride_trio import Retry, Session, iModel
from lionpride_trio.durable import open_streams
from lionpride_trio.observe import LogObserver, OpenTelemetry, Timeline
from lionpride_trio.operations import Builder, flow
from lionpride_trio.testing import Script, ScriptedClient, ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from tests.observe.recorder import Recorder, check_stories, saying

# Of a form that no word of the library and no number has.
SECRET = st.integers(0, 10**16).map("Zq{:016d}".format)
PLACES = (
    "prompt", "system", "answer", "thought", "key", "header", "query", "argument", "result", "failure",
    "error", "echo", "extra", "unknown",
)  # fmt: skip


class Kept(logging.Handler):
    def __init__(self):
        super().__init__(logging.DEBUG)
        self.records = []

    def emit(self, record):
        self.records.append(record)


async def say_all(secret, observers):
    """Say each secret in its place: to models that answer, fail and call tools, in a flow and in a stream."""

    @tool
    async def ask(word: str) -> str:
        "A tool."
        if word == secret["failure"]:
            raise ValueError(secret["failure"])
        return secret["result"]

    headers = {"content-type": "text/event-stream", "x-echo": secret["echo"]}
    failing = Script(
        [json.dumps({"error": {"message": secret["error"], "type": "overloaded"}})],
        status=503,
        headers={**headers, "content-type": "application/json", "x-key": secret["key"]},
    )
    told = Script(saying(secret["answer"], 20.0, secret["answer"]), headers=headers)
    client = ScriptedClient(failing, told, [*saying(secret["answer"], end=False)], told)
    async with Session(observers=observers) as session:
        model = iModel(
            "openai", "m", name="m", stream=True, api_key=secret["key"], http_client=client,
            system=secret["system"], extra_headers={"x-token": secret["header"]},
            extra_query={"q": secret["query"]}, extra_body={"metadata": {"a": secret["extra"]}},
            retry=Retry(wait_jitter=0), max_concurrent=1,
        )  # fmt: skip
        provider = ScriptedProvider(
            [
                tool_call("ask", word=secret["argument"]),
                tool_call("ask", word=secret["failure"]),
                tool_call(secret["unknown"]),
            ],
            secret["answer"],
        )
        for one in (model, provider.model(stream=True, name="t")):
            session.services.register(one)
        builder = Builder(session=session)
        builder.communicate(instruction=secret["prompt"], imodel="m", branch="a", name="first")
        builder.converse(instruction=secret["prompt"], imodel="t", tools=[ask], branch="b")
        builder.communicate(instruction=secret["prompt"], imodel="m", branch="c")
        with pytest.raises(Exception, match="operations failed"):
            await flow(builder, on_error="skip")
        async with open_streams("memory:", observers=observers) as streams:
            await streams.start("stream", model.stream(secret["prompt"]))
            async with streams.follow("stream") as channel:
                async for _ in channel:
                    await trio.sleep(20)


@settings(max_examples=8)
@given(st.lists(SECRET, min_size=len(PLACES), max_size=len(PLACES), unique=True))
def test_no_secret_is_told(drawn):
    secret = dict(zip(PLACES, drawn, strict=True))
    recorder, timeline, spans = Recorder(), Timeline(), InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    reader = InMemoryMetricReader()
    traces = OpenTelemetry(
        tracer_provider=tracers, meter_provider=MeterProvider(metric_readers=[reader])
    )
    logger, kept = logging.getLogger("private"), Kept()
    logger.handlers, logger.propagate = [kept], False
    logger.setLevel(logging.DEBUG)
    observers = [recorder, timeline, traces, LogObserver(logger)]
    trio.run(say_all, secret, observers, clock=MockClock(autojump_threshold=0))
    check_stories(recorder)
    written = {
        "events": repr(recorder.events),
        "records": repr([(one.getMessage(), vars(one)) for one in kept.records]),
        "spans": "".join(span.to_json() for span in spans.get_finished_spans()),
        "metrics": reader.get_metrics_data().to_json(),
        "picture": timeline.to_svg(),
        "lines": timeline.to_text(width=200),
        "trace": timeline.to_json(),
        "words": timeline.describe(),
    }
    # All of them looked at what happened.
    assert {"retried", "stalled", "tool_finished", "stream_finished"} <= set(recorder.names)
    assert len(kept.records) > 10
    assert {"chat m", "execute_tool ask", "durable stream"} <= {
        span.name for span in spans.get_finished_spans()
    }
    found = [
        (place, what)
        for place, text in secret.items()
        for what, said in written.items()
        if text in said
    ]
    assert found == []


async def test_an_observer_that_asks_is_told():
    """So the property above is one of the observers, and not of a test that says nothing."""

    class Curious(Recorder):
        wants_content = True

        def content(self, event):
            self.events.append(event)

    curious, other = Curious(), Recorder()
    secret = "the secret of the sea"
    provider = ScriptedProvider(secret)
    model = provider.model(stream=True, observers=[curious, other])
    async with model.stream("tell me") as reply:
        async for _ in reply:
            pass
    (content,) = curious.of("content")
    assert content.messages == ({"role": "user", "content": "tell me"},)
    assert content.response.text == secret
    assert secret not in repr(content)
    assert curious.names[-2:] == ["content", "finished"]
    assert "content" not in other.names
    numbers = [one.sequence for one in curious.events if one is not content]
    assert [one.sequence for one in other.events] == numbers
