"""A tool called alone: arguments in, the function's own result or failure out."""

from __future__ import annotations

import functools
import json
import threading
from typing import Literal

import attrs
import pytest
import trio

from lionpride_trio import (
    Image,
    LionprideError,
    Response,
    TextChunk,
    TextPart,
    ToolArgumentsInvalid,
    ToolError,
    reassemble,
    source,
)
from lionpride_trio.tools import tool


@attrs.frozen
class Step:
    what: str
    minutes: int = attrs.field(default=1, validator=attrs.validators.gt(0))


ran: list[object] = []


@tool
async def cook(steps: list[Step], unit: Literal["C", "F"] = "C") -> int:
    ran.append(steps)
    return sum(step.minutes for step in steps)


@pytest.mark.parametrize("decode", [str, json.loads])
async def test_arguments_are_text_or_what_it_decodes_to(decode):
    given = decode('{"steps": [{"what": "stir"}, {"what": "wait", "minutes": 4}]}')
    assert await cook.call(given) == 5
    assert ran[-1] == [Step("stir"), Step("wait", 4)]


@pytest.mark.parametrize("nothing", ["", " \n", "{}", {}])
async def test_no_text_is_no_arguments(nothing):
    assert await tool(lambda: 7, name="seven").call(nothing) == 7


@pytest.mark.parametrize(
    ("arguments", "places"),
    [
        ('{"steps": []', [("", "they are no JSON: Expecting ',' delimiter: line 1 column 13 (char 12)")]),
        ("[1]", [("", "expected a JSON object, got [1]")]),
        ("null", [("", "expected a JSON object, got None")]),
        ("[" * 100_000, [("", "they are no JSON: maximum recursion depth exceeded while decoding a JSON"
                              " array from a unicode string")]),
        ({}, [("steps", "is missing")]),
        (
            {"steps": [{"what": "a"}, {"minutes": "x"}], "unit": "K", "unti": 1},
            [
                ("steps[1].what", "is missing"),
                ("steps[1].minutes", "expected int, got 'x'"),
                ("unit", "'K' is none of 'C', 'F'"),
                ("unti", "there is no such field: did you mean 'unit'?"),
            ],
        ),
        (
            {"steps": [{"what": "a", "minutes": 0}]},
            [("steps[0].minutes", "'minutes' must be > 0: 0")],
        ),
    ],
)  # fmt: skip
async def test_wrong_arguments_call_nothing_and_name_the_places(arguments, places):
    ran.clear()
    with pytest.raises(ToolArgumentsInvalid) as caught:
        await cook.call(arguments)
    assert not ran
    assert caught.value.tool == "cook"
    assert list(caught.value.places) == places
    told = "; ".join(f"{path}: {message}" if path else message for path, message in places)
    assert str(caught.value) == f"wrong arguments for 'cook': {told}"
    assert isinstance(caught.value, LionprideError)


async def test_what_the_function_raises_comes_out_as_it_is():
    failure = KeyError("mine")

    @tool
    async def fails() -> None:
        raise failure

    @tool
    def fails_in_a_thread() -> None:
        raise failure

    @tool
    async def fails_late():
        yield "a"
        raise failure

    @tool
    def fails_late_in_a_thread():
        yield "a"
        raise failure

    for each in [fails, fails_in_a_thread, fails_late, fails_late_in_a_thread]:
        with pytest.raises(KeyError) as caught:
            await each.call("{}")
        assert caught.value is failure


async def test_a_plain_function_runs_in_a_thread_and_an_async_one_in_the_task():
    @tool
    def plain() -> int:
        return threading.get_ident()

    @tool
    async def asynchronous() -> int:
        return threading.get_ident()

    here = threading.get_ident()
    assert await plain.call("{}") != here
    assert await asynchronous.call("{}") == here


async def test_what_a_plain_function_gives_to_await_is_awaited():
    async def later(n: int) -> int:
        await trio.lowlevel.checkpoint()
        return n

    given = tool(lambda: later(3), name="later")
    assert await given.call("{}") == 3
    assert await tool(functools.partial(later, n=4)).call("{}") == 4


class Pieces:
    def __init__(self) -> None:
        self.seen: list[object] = []

    async def __call__(self, piece: object) -> None:
        await trio.lowlevel.checkpoint()
        self.seen.append(piece)


async def letters():
    yield "a"
    yield "b"


def plain_letters():
    yield from ("a", "b")


async def counts():
    yield "first"
    yield {"n": 1}
    yield {"n": 2}


def returns():
    yield from ["working"]
    return 7  # ruff: ignore[return-in-generator] - what a generator returns is its result


async def chunks():
    yield TextChunk("He")
    yield TextChunk("y")


async def nothing():
    for letter in "":
        yield letter


@source
async def cold():
    yield "x"
    yield "y"


@pytest.mark.parametrize(
    ("function", "pieces", "result"),
    [
        (letters, ["a", "b"], "ab"),
        (plain_letters, ["a", "b"], "ab"),
        (lambda: plain_letters(), ["a", "b"], "ab"),
        (lambda: letters(), ["a", "b"], "ab"),
        (counts, ["first", {"n": 1}, {"n": 2}], {"n": 2}),
        (returns, ["working"], 7),
        (chunks, [TextChunk("He"), TextChunk("y")], "Hey"),
        (nothing, [], ""),
        (cold, ["x", "y"], "xy"),
    ],
)
async def test_a_generator_s_pieces_come_one_by_one_and_add_up(function, pieces, result):
    made = tool(function, name="made")
    on_piece = Pieces()
    assert await made.call("{}", on_piece=on_piece) == result
    assert on_piece.seen == pieces
    assert await made.call("{}") == result


@pytest.mark.parametrize("plain", [False, True])
async def test_the_generator_goes_on_when_its_piece_was_taken(plain):
    log: list[str] = []

    async def asynchronous():
        for n in range(2):
            log.append(f"made {n}")
            yield n

    def in_a_thread():
        for n in range(2):
            log.append(f"made {n}")
            yield n

    async def on_piece(piece: object) -> None:
        await trio.testing.wait_all_tasks_blocked()
        log.append(f"took {piece}")

    await tool(in_a_thread if plain else asynchronous).call("{}", on_piece=on_piece)
    assert log == ["made 0", "took 0", "made 1", "took 1"]


@pytest.mark.parametrize("plain", [False, True])
async def test_a_generator_is_closed_when_its_reader_fails(plain):
    closed: list[bool] = []

    async def asynchronous():
        try:
            yield 1
        finally:
            closed.append(True)

    def in_a_thread():
        try:
            yield 1
        finally:
            closed.append(True)

    async def on_piece(piece: object) -> None:
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        await tool(in_a_thread if plain else asynchronous).call("{}", on_piece=on_piece)
    assert closed == [True]


async def test_a_cancellation_stops_an_async_tool_where_it_waits():
    closed: list[bool] = []

    @tool
    async def waits():
        try:
            yield "a"
            await trio.sleep_forever()
        finally:
            closed.append(True)

    with trio.CancelScope() as scope:

        async def on_piece(piece: object) -> None:
            scope.cancel()

        await waits.call("{}", on_piece=on_piece)
    assert scope.cancelled_caught
    assert closed == [True]


async def test_a_cancellation_waits_for_a_plain_function():
    began, go_on = threading.Event(), threading.Event()
    ended: list[bool] = []

    @tool
    def blocks() -> str:
        began.set()
        go_on.wait()
        ended.append(True)
        return "done"

    async def call() -> None:
        with scope:
            assert await blocks.call("{}") == "done"
        assert ended

    scope = trio.CancelScope()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(call)
        await trio.to_thread.run_sync(began.wait)
        scope.cancel()
        await trio.testing.wait_all_tasks_blocked()
        go_on.set()


async def test_a_plain_generator_is_stopped_at_its_next_piece():
    seen: list[int] = []

    @tool
    def counts_on():
        n = 0
        while True:
            seen.append(n)
            yield n
            n += 1

    with trio.CancelScope() as scope:

        async def on_piece(piece: object) -> None:
            if piece == 3:
                scope.cancel()

        await counts_on.call("{}", on_piece=on_piece)
    assert scope.cancelled_caught
    assert len(seen) <= 5


async def test_a_thread_may_be_left_behind():
    go_on, ended = threading.Event(), threading.Event()

    @tool(abandon_on_cancel=True, timeout=0.01)
    def blocks() -> None:
        go_on.wait()
        ended.set()

    with pytest.raises(trio.TooSlowError, match=r"tool 'blocks' took longer than 0\.01 s"):
        await blocks.call("{}")
    assert not ended.is_set()
    go_on.set()
    await trio.to_thread.run_sync(ended.wait)


async def test_a_tool_that_takes_too_long_is_stopped(autojump_clock):
    @tool(timeout=5)
    async def slow(seconds: float) -> str:
        await trio.sleep(seconds)
        return "done"

    assert await slow.call({"seconds": 4}) == "done"
    with pytest.raises(trio.TooSlowError, match="tool 'slow' took longer than 5 s"):
        await slow.call({"seconds": 6})
    assert trio.current_time() == pytest.approx(9, abs=0.1)


async def test_a_tool_s_own_deadline_is_its_own(autojump_clock):
    @tool(timeout=5)
    async def strict() -> None:
        with trio.fail_after(1):
            await trio.sleep(2)

    with pytest.raises(trio.TooSlowError) as caught:
        await strict.call("{}")
    assert not str(caught.value)


async def test_a_call_is_a_checkpoint_before_anything_runs():
    ran.clear()
    with trio.CancelScope() as scope:
        scope.cancel()
        await cook.call({"steps": []})
    assert scope.cancelled_caught
    assert not ran


@pytest.mark.parametrize(
    ("result", "output"),
    [
        ("as it is", "as it is"),
        (None, "null"),
        (3, "3"),
        ([Step("a")], '[{"what":"a","minutes":1}]'),
        (TextChunk("x"), "x"),
        (reassemble([TextChunk("a"), TextChunk("b")]), "ab"),
        ({"a": {1: 2.5}}, '{"a":{"1":2.5}}'),
        ([], "[]"),
        (part := Image(b"\xff\xd8\xff"), [part]),
        (["see:", part], [TextPart("see:"), part]),
    ],
)
def test_a_result_is_told_as_text_or_json_and_parts_as_they_are(result, output):
    assert cook.output_of(result) == output


@pytest.mark.parametrize("result", [object(), iter([]), [Image(b"\xff\xd8\xff"), 3]])
def test_what_cannot_be_told_is_an_error_that_names_the_tool(result):
    with pytest.raises(
        ToolError, match="tool 'cook' gave what cannot be told to a model"
    ) as caught:
        cook.output_of(result)
    assert caught.value.tool == "cook"


def test_a_response_is_told_without_what_stands_beside_its_text():
    assert isinstance(reassemble([]), Response)


@pytest.mark.parametrize("in_thread", [False, True])
async def test_the_time_of_who_takes_a_piece_is_not_the_tools(in_thread, mock_clock):
    def plain():
        "Count."
        yield from "abc"

    async def waiting():
        "Count."
        for letter in "abc":
            yield letter

    async def take(piece):
        mock_clock.jump(10)
        await trio.lowlevel.checkpoint()

    count = tool(name="count", timeout=3)(plain if in_thread else waiting)
    assert await count.call({}, on_piece=take) == "abc"
