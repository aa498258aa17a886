"""The laws hold for the library's own, and say plainly what is wrong with what breaks them."""

from __future__ import annotations

import pytest
import trio
from hypothesis import given, settings, strategies as st

from lionpride_trio import ConfigurationError, StreamTruncated, TurnsExhausted, sinks
from lionpride_trio.flow import Operation
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.stages import (
    BufferChars,
    BufferCount,
    JSONValues,
    LineSplitter,
    MapEach,
    ParagraphSplitter,
    Redact,
    SentenceSplitter,
    StopAt,
    WordCount,
    WordSplitter,
)
from lionpride_trio.testing import (
    LawBroken,
    cancel_everywhere,
    check_conversation,
    check_flow,
    check_operator,
    check_order,
    check_parts_go_back,
    check_provider,
    check_sink,
    check_splitter,
    check_sse_decoder,
    check_stage,
    flows,
    wire_bodies,
)
from lionpride_trio.testing.strategies.wires import WIRES
from lionpride_trio.tools import tool
from lionpride_trio.transformers import (
    buffer,
    chain,
    from_iterable,
    idle_timeout,
    map_concurrent,
    merge,
    pace,
    prefetch,
    race,
    sentences,
    take,
    tee,
    words,
)
from lionpride_trio.wire import NDJSONDecoder, SSEDecoder
from tests.testing.bodies import one_answer


@pytest.mark.parametrize(
    "splitter", [LineSplitter, WordSplitter, ParagraphSplitter, SentenceSplitter]
)
def test_splitters(splitter):
    check_splitter(splitter)


@pytest.mark.parametrize("splitter", [LineSplitter, ParagraphSplitter])
def test_bounded_splitters(splitter):
    check_splitter(lambda: splitter(max_hold=1000), max_hold=1000)


def test_stages():
    check_splitter(lambda: BufferChars(3))
    check_stage(JSONValues)
    check_stage(WordCount)
    check_stage(lambda: Redact(r"a+b|\bc$"), meaning="".join)
    check_stage(lambda: StopAt(["```", "a."]), meaning="".join)
    check_stage(lambda: MapEach(str), st.lists(st.integers()))
    check_stage(lambda: BufferCount(2), st.lists(st.integers()))


def test_decoders():
    check_sse_decoder(SSEDecoder)
    bodies = wire_bodies("ollama").map(lambda pair: pair[1])
    check_stage(
        lambda: NDJSONDecoder(max_event_bytes=5000),
        bodies,
        max_hold=5000,
        settings=settings(max_examples=50),
    )


@pytest.mark.parametrize(("name", "endpoint"), WIRES)
def test_providers(name, endpoint):
    bodies = one_answer(name, endpoint)
    check_provider(
        name, endpoint, bodies=bodies, end_mark=name != "gemini", settings=settings(max_examples=25)
    )


LATE = {
    "openai": (
        b'data: {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}\n\n'
        b'data: {"choices": [{"index": 1, "delta": {"content": "a"}}]}\n\n'
    ),
    "gemini": (
        b'data: {"candidates": [{"index": 0, "finishReason": "STOP"}]}\r\n\r\n'
        b'data: {"candidates": [{"index": 1, "content": {"parts": [{"text": "a"}]}}]}\r\n\r\n'
    ),
}


@pytest.mark.parametrize("name", LATE)
def test_a_body_cut_in_its_second_answer_is_not_whole(name):
    decoder = StreamDecoder(get(name))
    decoder.feed(LATE[name])
    decoder.flush()
    assert isinstance(decoder.failure, StreamTruncated)


async def shout(item: str) -> str:
    await trio.sleep(1)
    return item.upper()


OPERATORS = {
    "prefetch": (prefetch(2), {}),
    "pace": (pace(100), {"meaning": "".join}),
    "tee": (tee(sinks.collect, size=2), {}),
    "map_concurrent": (map_concurrent(shout, 2), {}),
    "unordered": (map_concurrent(shout, 2, ordered=False), {"meaning": sorted}),
    "merge": (
        lambda source: merge(source, from_iterable("ab")),
        {"meaning": lambda items: sorted(map(repr, items))},
    ),
    "chain": (lambda source: chain(source, from_iterable("ab")), {}),
    "race": (race, {}),
    "timed buffer": (buffer(seconds=0.5), {"meaning": "".join}),
    "idle timeout": (idle_timeout(9), {}),
    "sentences": (sentences(idle=100), {}),
    "stages and tasks": (words() | prefetch(3) | sentences(), {}),
    "take": (take(2), {}),
}


@pytest.mark.parametrize("name", OPERATORS)
def test_operators(name):
    operator, options = OPERATORS[name]
    check_operator(operator, **options)


@pytest.mark.parametrize("recipe", [words(), sentences() | prefetch(2), buffer(count=2)])
def test_order(recipe):
    check_order(recipe)


@pytest.mark.parametrize("sink", [sinks.join, sinks.collect, sinks.drain, sinks.last])
def test_sinks(sink):
    check_sink(sink)


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "answer.txt"
    check_sink(
        sinks.write_file(path),
        left=lambda: path.read_bytes() if path.exists() else None,
        reset=lambda: path.unlink(missing_ok=True),
    )


@given(flows())
@settings(max_examples=15, deadline=None)
def test_flows(plan):
    check_flow(plan.operations, expect=plan.results(), cancelling=len(plan.nodes) < 3)


def test_a_flow_that_fails_does_so_each_time():
    async def fails(context):
        await trio.sleep(1)
        raise KeyError("mine")

    check_flow(lambda: [Operation(work=fails, name="fails")])


def test_a_flow_may_need_a_block():
    from contextlib import asynccontextmanager

    opened = []

    @asynccontextmanager
    async def build():
        opened.append(True)

        async def one(context):
            await trio.lowlevel.checkpoint()
            return 1

        yield [Operation(work=one, name="one"), Operation(work=one, name="one")]

    check_flow(build, expect={"one 0": 1})
    assert len(opened) > 5
    with pytest.raises(LawBroken, match="'one 1' gave 1, not 2"):
        check_flow(build, expect={"one 1": 2})
    with pytest.raises(LawBroken, match="'two' has none"):
        check_flow(build, expect={"two": 2})


FEW = settings(max_examples=10)


def test_conversations_of_tools_that_run_in_threads():
    @tool
    def look(city: str, times: int = 1) -> list[str]:
        "Look."
        return [city] * min(abs(times), 3)

    check_conversation(tools=[look], settings=FEW)


def test_a_conversation_without_tools():
    check_conversation(tools=[], settings=FEW)


def test_what_a_conversation_raises_comes_out_as_it_is():
    def make(model, tools):
        return model.converse("?", tools=tools, max_turns=1)

    with pytest.raises(TurnsExhausted):
        check_conversation(make, settings=FEW)


def test_what_is_no_conversation_is_refused():
    with pytest.raises(ConfigurationError, match="whose channel has messages and response"):
        check_conversation(lambda model, tools: model.stream("?") | take(1), settings=FEW)


def test_the_message_has_what_the_model_said():
    def make(model, tools):
        return model.converse("?", tools=tools[:1])  # so that the results are failures

    check_conversation(make, settings=FEW)
    with pytest.raises(
        LawBroken, match=r"^all or nothing: .* it committed 1 .*answers, (streams|whole): "
    ):
        kept = iter(range(10**6))
        check_conversation(make, kept=lambda: next(kept), settings=FEW)


def test_blocks_of_a_body_are_compared_exactly():
    body = b'{"message": {"content": "a"}, "done": true, "done_reason": "stop"}\n'
    exactly = {"blocks": lambda *_: ["a"], "bodies": [body]}
    check_parts_go_back(
        "ollama", sent=lambda request: [request["messages"][1]["content"]], **exactly
    )
    with pytest.raises(LawBroken, match=r"^parts go back: .* has \['a'\], and \[\] goes back"):
        check_parts_go_back("ollama", sent=lambda request: [], **exactly)


# What is said


class Forgetful:
    """Splits at full stops, and forgets the blank after them."""

    def __init__(self):
        self.held = ""

    def feed(self, text):
        *whole, self.held = (self.held + text).split(". ")
        return [f"{piece}." for piece in whole]

    def flush(self):
        return [self.held] if self.held else []


def test_the_message_has_the_law_the_simplest_input_and_what_came_of_it():
    with pytest.raises(LawBroken) as caught:
        check_splitter(Forgetful)
    assert caught.value.law == "lossless"
    assert str(caught.value) == (
        "lossless: fed with '. ', it gave ['.']; joined, that differs from the text at character 1:"
        " '' instead of ' '"
    )
    assert not getattr(caught.value, "__notes__", None)


def test_what_the_checked_code_raises_comes_out_as_it_is():
    class Breaks(Forgetful):
        def feed(self, text):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        check_splitter(Breaks)


def test_long_inputs_are_shortened():
    class Never(Forgetful):
        def feed(self, text):
            return [] if len(text) > 5000 else [text]

    with pytest.raises(LawBroken) as caught:
        check_splitter(Never, st.just("a" * 10_000))
    assert len(str(caught.value)) < 2000


def test_a_law_is_an_assertion():
    assert issubclass(LawBroken, AssertionError)


def test_cancel_everywhere_counts_its_runs():
    async def program():
        await trio.sleep(1)
        await trio.sleep(1)

    assert cancel_everywhere(program) >= 3


def test_nothing_but_an_operator_is_one():
    with pytest.raises(TypeError, match="transformer"):
        check_operator(3)
