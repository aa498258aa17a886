"""Spans and metrics count and name things as the conventions do, whatever the service does."""

import json
import socket

import attrs
import pytest
import trio
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans

from lionpride_trio import (
    ConnectionFailed,
    ConnectionLost,
    FinishChunk,
    Retry,
    Verdict,
    fallback,
    iModel,
)
from lionpride_trio.observe._otel_facts import place
from lionpride_trio.observe._otel_names import named
from lionpride_trio.operations import Builder, flow
from lionpride_trio.testing import ScriptedClient, ScriptedProvider
from tests.observe.kept_spans import Kept, read
from tests.observe.recorder import Recorder, model_of, saying
from tests.observe.samples import SAMPLES

CACHED = {"input_tokens": 7, "cache_read_input_tokens": 9000, "cache_creation_input_tokens": 1000}


def messages_reply(usage):
    """A reply of Anthropic's, with that report of tokens."""
    told = [
        {"type": "message_start", "message": {"id": "m", "role": "assistant", "content": [], "model": "c", "usage": usage}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hi"}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 5}},
        {"type": "message_stop"},
    ]  # fmt: skip
    return [f"event: {one['type']}\ndata: {json.dumps(one)}\n\n".encode() for one in told]


def anthropic(usage, **settings):
    client = ScriptedClient(messages_reply(usage))
    return iModel("anthropic", "c", api_key="k", http_client=client, stream=True, **settings)


@pytest.mark.parametrize(
    ("usage", "asked"),
    [
        (CACHED, 10007),
        ({"input_tokens": 7, "cache_read_input_tokens": 9000}, 9007),
        ({"input_tokens": 7, "cache_creation_input_tokens": 1000}, 1007),
        ({"input_tokens": 7}, 7),
        ({"cache_read_input_tokens": 9000}, None),
    ],
)
async def test_tokens_of_a_cache_are_input_where_the_service_counts_them_beside_it(usage, asked):
    kept = Kept()
    await read(anthropic(usage, observers=[kept.observer]))
    (span,) = kept.spans
    assert span.attributes.get("gen_ai.usage.input_tokens") == asked
    assert span.attributes.get("gen_ai.usage.prompt_tokens") == asked
    read_from = usage.get("cache_read_input_tokens")
    assert span.attributes.get("gen_ai.usage.cache_read.input_tokens") == read_from
    measured = {
        point.attributes["gen_ai.token.type"]: point.sum
        for point in kept.points()["gen_ai.client.token.usage"]
    }
    assert measured.get("input") == asked


async def test_they_are_counted_once_where_the_service_counts_them_within_it():
    kept = Kept()
    usage = {
        "prompt_tokens": 900,
        "completion_tokens": 1,
        "prompt_tokens_details": {"cached_tokens": 800},
    }
    document = {
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": "a"}, "finish_reason": "stop"}],
        "usage": usage,
    }
    answer = [f"data: {json.dumps(document)}\n\n".encode(), b"data: [DONE]\n\n"]
    await read(model_of(answer, observers=[kept.observer]))
    (span,) = kept.spans
    assert span.attributes["gen_ai.usage.input_tokens"] == 900
    assert span.attributes["gen_ai.usage.cache_read.input_tokens"] == 800


async def test_a_turn_has_the_tokens_of_its_calls_each_as_its_service_counts():
    kept = Kept()
    models = [
        model_of([OSError("reset")], stream=True, name="a", retry=None, observers=[kept.observer]),
        anthropic(CACHED, name="b"),
    ]
    async with fallback(models).converse("?", tools=[]) as turn:
        async for _ in turn:
            pass
    assert turn.usage.input_tokens == 7
    assert kept.one("invoke_agent").attributes["gen_ai.usage.input_tokens"] == 10007
    assert kept.one("invoke_agent").attributes["gen_ai.usage.output_tokens"] == 5


HALF = "a\ud83d"


async def test_half_a_character_costs_no_other_span():
    kept = Kept(content=True)

    async def work(context):
        return 1

    builder = Builder()
    builder.add(work, name=HALF)
    await flow(builder, observers=[kept.observer])
    model = ScriptedProvider(HALF).model(observers=[kept.observer])
    await model.complete(HALF)
    encoded = encode_spans(kept.spans)
    (spans,) = (scope.spans for one in encoded.resource_spans for scope in one.scope_spans)
    assert {span.name for span in spans} == {
        "chat scripted",
        "invoke_workflow",
        "operation a\ufffd",
    }
    attributes = {each.key: each.value.string_value for span in spans for each in span.attributes}
    assert attributes["lionpride_trio.operation"] == "a\ufffd"
    for name in ("gen_ai.input.messages", "gen_ai.output.messages"):
        assert json.loads(attributes[name])[0]["parts"][0]["content"] == HALF


async def test_each_chunk_after_the_first_has_the_time_since_the_one_before(autojump_clock):
    kept = Kept(names="current")
    await read(model_of(saying(0.5, "a", 2.0, "b", 0.25, "c"), observers=[kept.observer]))
    (each,) = kept.points()["gen_ai.client.operation.time_per_output_chunk"]
    # The finish and the usage came with "c".
    assert (each.count, each.sum) == (4, pytest.approx(2.25))
    assert (each.min, each.max) == (0.0, pytest.approx(2.0))
    assert each.bucket_counts[each.explicit_bounds.index(2.0)] == 1


@pytest.mark.parametrize("names", ["current", "old"])
async def test_answers_of_one_chunk_have_no_time_per_chunk(names, autojump_clock):
    kept = Kept(names=names)
    with pytest.raises(ConnectionLost):
        await read(
            model_of(
                [*saying(0.5, "a", 1.0, end=False), OSError("reset")], observers=[kept.observer]
            )
        )
    assert "gen_ai.client.operation.time_per_output_chunk" not in kept.points()


async def test_a_repeated_attempt_has_a_first_chunk_of_its_own(autojump_clock):
    kept = Kept()
    said = {"choices": [{"index": 0, "delta": {"role": "assistant"}}]}
    unsaid = [f"data: {json.dumps(said)}\n\n".encode(), 1.0, OSError("reset")]
    retry = Retry(wait_jitter=0)
    await read(model_of(unsaid, saying(2.0, "a", 3.0), retry=retry, observers=[kept.observer]))
    (span,) = kept.spans
    assert span.attributes["lionpride_trio.attempts"] == 2
    (each,) = kept.points()["gen_ai.client.operation.time_per_output_chunk"]
    assert each.sum == pytest.approx(3.0)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.COMPLETE, "stop"),
        (Verdict.LENGTH, "length"),
        (Verdict.TOOL_USE, "tool_call"),
        (Verdict.BLOCKED, "content_filter"),
        (Verdict.REFUSED, "content_filter"),
        (Verdict.PAUSED, None),
        (Verdict.STOPPED, None),
        (Verdict.UNKNOWN, None),
    ],
)
async def test_an_answer_ends_by_the_word_of_the_conventions_if_they_have_one(verdict, reason):
    kept = Kept(content=True)
    await read(
        ScriptedProvider(["a", FinishChunk(verdict=verdict)]).model(observers=[kept.observer])
    )
    (span,) = kept.spans
    told = None if reason is None else (reason,)
    assert span.attributes.get("gen_ai.response.finish_reasons") == told
    own = None if verdict is Verdict.UNKNOWN else verdict.value
    assert span.attributes.get("lionpride_trio.verdict") == own
    (answer,) = json.loads(span.attributes["gen_ai.output.messages"])
    assert answer["finish_reason"] == (reason or verdict.value)


async def test_an_answer_that_was_cancelled_has_no_reason_and_neither_has_its_turn(autojump_clock):
    kept = Kept()
    model = model_of(saying("a", 9.0), stream=True, observers=[kept.observer])
    with trio.move_on_after(5):
        async with model.converse("?", tools=[]) as turn:
            async for _ in turn:
                pass
    for name in ("chat m", "invoke_agent"):
        attributes = kept.one(name).attributes
        assert attributes["lionpride_trio.outcome"] == "cancelled"
        assert "gen_ai.response.finish_reasons" not in attributes
        assert "lionpride_trio.verdict" not in attributes


async def test_a_call_that_reached_nobody_says_whom_it_asked():
    kept, recorder = Kept(), Recorder()
    with socket.socket() as bound:  # which nobody listens at
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        model = iModel(
            "openai", "m", api_key="k", base_url=f"http://127.0.0.1:{port}/v1", stream=True,
            retry=None, observers=[kept.observer, recorder],
        )  # fmt: skip
        with pytest.raises(ConnectionFailed):
            await read(model)
    assert not recorder.of("request_sent")
    finished = recorder.one("finished")
    assert (finished.server, finished.port) == ("127.0.0.1", port)
    (span,) = kept.spans
    (point,) = kept.points()["gen_ai.client.operation.duration"]
    for attributes in (span.attributes, point.attributes):
        assert attributes["server.address"] == "127.0.0.1"
        assert attributes["server.port"] == port


async def test_a_call_that_asked_nobody_names_no_server(autojump_clock):
    kept = Kept()
    model = model_of(saying("a", 9.0), max_concurrent=1, observers=[kept.observer])
    async with model.stream("?"):
        with trio.move_on_after(1):
            await read(model)
    first, _ = kept.spans
    assert not {"server.address", "server.port"} & set(first.attributes)


def test_a_port_that_is_not_known_is_left_out():
    sent = next(one for one in SAMPLES if one.told_as == "request_sent")
    assert named(place(attrs.evolve(sent, port=None)), "both") == {"server.address": "a.b"}
