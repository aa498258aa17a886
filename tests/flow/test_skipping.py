"""A failure with ``on_error="skip"`` skips what needs it, and nothing else."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import FlowError
from lionpride_trio.flow import State, flow_source, fork, run_flow

from .making import answer, echo, numbers, op

SLOTS = [None, 1, 2, 3]


async def skipping(operations, slots):
    """The results by name, and the states."""
    async with flow_source(operations, max_concurrent=slots, on_error="skip") as running:
        with pytest.raises(FlowError) as caught:
            async for _ in running:
                pass
        states = {one.name: running.status[one].state for one in operations}
    return {one.name for one in operations if one.id in caught.value.results}, states


async def forgiving(context):
    got = []
    try:
        async for item in context.channel:
            got.append(item)
    except OSError:
        got.append("told")
    return got


# Slots


@pytest.mark.parametrize("slots", SLOTS)
async def test_a_skipped_line_gives_its_slots_back(slots, autojump_clock):
    bad = op(answer(1, then=OSError()), name="bad")
    writer = op(numbers(1), after=[bad], name="writer")
    reader = op(echo, stream_from=writer, name="reader")
    first = op(answer("x"), name="first")
    then = op(answer("y"), after=[first], name="then")
    done, states = await skipping([bad, writer, reader, first, then], slots)
    assert done == {"first", "then"}
    assert states["writer"] is states["reader"] is State.SKIPPED


@pytest.mark.parametrize("slots", SLOTS)
async def test_so_does_a_long_one_and_one_of_a_fork(slots, autojump_clock):
    bad = op(answer(1, after=1, then=OSError()), name="bad")
    writer = op(numbers(1), after=[bad], name="writer")
    one, other = fork(writer, 2)
    readers = [op(echo, stream_from=one, name="r1"), op(echo, stream_from=other, name="r2")]
    last = op(echo, stream_from=readers[0], name="last")
    beside = op(answer("x", after=3), name="beside")
    waits = op(answer("y"), after=[beside], name="waits")
    more = [op(answer("z"), after=[waits], name=f"more {n}") for n in range(3)]
    done, _ = await skipping([bad, writer, *readers, last, beside, waits, *more], slots)
    assert done == {"beside", "waits", "more 0", "more 1", "more 2"}


@pytest.mark.parametrize("slots", SLOTS)
async def test_a_line_of_which_a_reader_alone_is_lost_runs_without_it(slots, autojump_clock):
    bad = op(answer(1, after=1, then=OSError()), name="bad")
    writer = op(numbers(200), name="writer")
    reader = op(echo, stream_from=writer, after=[bad], stream_size=1, name="reader")
    after_it = op(answer(1), after=[writer], name="after it")
    done, _ = await skipping([bad, writer, reader, after_it], slots)
    assert done == {"writer", "after it"}


@pytest.mark.parametrize("slots", SLOTS)
async def test_two_failures_skip_a_line_once(slots, autojump_clock):
    bad = [op(answer(1, after=n, then=OSError()), name=f"bad {n}") for n in range(2)]
    writer = op(numbers(1), after=bad, name="writer")
    reader = op(echo, stream_from=writer, after=[bad[1]], name="reader")
    quick = op(answer("x"), name="quick")
    then = op(answer("y"), after=[quick], name="then")
    done, states = await skipping([*bad, writer, reader, quick, then], slots)
    assert done == {"quick", "then"}
    assert list(states.values()).count(State.SKIPPED) == 2


async def test_what_takes_no_slot_does_not_queue_for_one(autojump_clock):
    """Its stream is replayed, so it is a line of its own, in which nothing takes a slot."""
    began = []

    async def change(context):
        began.append(trio.current_time() - start)
        return [item async for item in context.channel]

    first = op(numbers(3), replay=list)
    tick = op(answer(1, after=2), takes_slot=False)
    queued = [op(answer(1, after=5)) for _ in range(3)]
    reads = op(change, stream_from=first, after=[tick], takes_slot=False)
    start = trio.current_time()
    operations = [first, *queued, tick, reads]
    results = await run_flow(operations, max_concurrent=1, results={first: [0, 1, 2]})
    assert results[reads] == [0, 1, 2]
    assert began == [2]


# Readers


@pytest.mark.parametrize("slots", SLOTS)
@pytest.mark.parametrize("waits", [0, 1, 5])
@pytest.mark.parametrize("fails", [0, 1, 5])
async def test_a_reader_is_told_whenever_it_begins(fails, waits, slots, autojump_clock):
    writer = op(numbers(2, every=fails / 2, then=OSError("cut")), name="writer")
    other = op(answer(1, after=waits), name="other")
    reader = op(forgiving, stream_from=writer, after=[other] if waits else [], name="reader")
    with pytest.raises(FlowError) as caught:
        await run_flow([writer, other, reader], max_concurrent=slots, on_error="skip")
    assert caught.value.results[reader] == [0, 1, "told"]


@pytest.mark.parametrize("waits", [0, 5])
async def test_it_is_skipped_for_what_it_lets_pass(waits, autojump_clock):
    writer = op(numbers(2, then=OSError("cut")), name="writer")
    other = op(answer(1, after=waits), name="other")
    reader = op(echo, stream_from=writer, after=[other], name="reader")
    last = op(forgiving, stream_from=reader, name="last")
    async with flow_source([writer, other, reader, last], on_error="skip") as running:
        with pytest.raises(FlowError):
            async for _ in running:
                pass
        status, results = running.status, running.results
    assert status[reader].state is State.SKIPPED
    assert status[reader].because is writer
    assert status[reader].attempts == 1
    assert results[last] == [("echo", 0), ("echo", 1), "told"]


async def test_it_is_skipped_for_a_lost_result_and_for_a_writer_that_never_ran(autojump_clock):
    bad = op(answer(1, after=2, then=ValueError()), name="bad")
    writer = op(numbers(2, then=OSError("cut")), name="writer")
    waits = op(forgiving, stream_from=writer, after=[bad], name="waits")
    never = op(numbers(2), after=[bad], name="never")
    reads = op(forgiving, stream_from=never, name="reads")
    async with flow_source([bad, writer, waits, never, reads], on_error="skip") as running:
        with pytest.raises(FlowError):
            async for _ in running:
                pass
        for one in (waits, never, reads):
            assert running.status[one].state is State.SKIPPED
            assert running.status[one].because is bad
            assert running.status[one].attempts == 0
