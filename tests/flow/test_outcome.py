"""How failures come out of a flow that cancels the rest, and of one that skips what needs them."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import ConfigurationError, FlowError, OperationError, StreamTruncated, sinks
from lionpride_trio.flow import State, flow_source, run_flow
from lionpride_trio.testing._cancelling import cancel_everywhere

from .making import answer, as_operation, echo, inner_flow, numbers, op


def notes(error):
    return getattr(error, "__notes__", [])


@pytest.mark.parametrize(
    "error", [KeyError("mine"), StreamTruncated("cut"), ExceptionGroup("g", [OSError()])]
)
async def test_one_failure_comes_plain_with_a_note(error, autojump_clock):
    failing = op(answer(1, after=1, then=error), name="the bad one")
    with pytest.raises(type(error)) as caught:
        await run_flow([failing, op(answer(1, after=100))])
    assert caught.value is error
    assert notes(error) == ["in operation 'the bad one'"]


async def test_a_failure_comes_after_the_chunks_before_it_and_again(autojump_clock):
    failing = op(numbers(3, then=KeyError("late")))
    async with flow_source([failing]) as run:
        got = []
        with pytest.raises(KeyError):
            async for _, chunk in run:
                got.append(chunk)
        assert got == [0, 1, 2]
        with pytest.raises(KeyError):
            await run.receive()


async def test_the_others_are_cancelled_and_say_why(autojump_clock):
    log = []
    failing = op(answer(1, after=5, then=KeyError("x")))
    done = op(answer("done"))
    running = op(numbers(100, every=1, log=log))
    waiting = op(answer(1), after=[running])
    async with flow_source([failing, done, running, waiting]) as run:
        with pytest.raises(KeyError):
            await sinks.drain(run)
        status = run.status
        assert dict(run.results) == {done.id: "done"}
    assert log[-1] == "closed"
    assert status[failing].state is State.FAILED
    assert status[failing].because is None
    for one in (running, waiting):
        assert status[one].state is State.SKIPPED
        assert status[one].because is failing
        assert isinstance(status[one].error, KeyError)


async def test_failures_at_once_are_all_told():
    done = op(answer("done"))
    gate = trio.Event()

    async def fails_when_woken(context):
        await gate.wait()
        raise KeyError(context.operation.name)

    both = [op(fails_when_woken, name=name) for name in ("one", "two")]
    async with flow_source([done, *both]) as run:
        await wait_all_tasks_blocked()
        gate.set()  # wakes both, so both fail before a cancellation can reach them
        with pytest.raises(FlowError) as caught:
            await sinks.drain(run)
    error = caught.value
    assert {one.operation for one in error.exceptions} == set(both)
    assert {one.__cause__.args for one in error.exceptions} == {("one",), ("two",)}
    assert error.results[done] == "done"


async def test_a_failure_in_the_clean_up_is_not_lost(autojump_clock):
    async def breaks_when_cancelled(context):
        try:
            await trio.sleep_forever()
        finally:
            raise OSError("while cleaning up")

    async def breaks_in_a_nursery(context):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(breaks_when_cancelled, context)
            nursery.start_soon(trio.sleep_forever)

    first = op(answer(1, after=1, then=KeyError("first")))
    with pytest.raises(FlowError) as caught:
        await run_flow([first, op(breaks_when_cancelled), op(breaks_in_a_nursery)])
    kinds = {type(one.__cause__) for one in caught.value.exceptions}
    assert kinds == {KeyError, OSError, ExceptionGroup}


def test_a_failure_at_the_end_of_a_long_chain_is_one_level_deep():
    async def program():
        made = [op(answer(1))]
        for _ in range(1000):
            made.append(op(answer(1), after=[made[-1]]))
        made.append(op(answer(1, then=KeyError("last")), after=[made[-1]]))
        with pytest.raises(KeyError) as caught:
            await run_flow(made)
        depth, entry = 0, caught.value.__traceback__
        while entry is not None:
            depth, entry = depth + 1, entry.tb_next
        assert depth < 15
        assert caught.value.__cause__ is caught.value.__context__ is None

    trio.run(program)


async def test_the_users_own_exception_comes_out_unchanged(autojump_clock):
    mine = KeyError("mine")
    with pytest.raises(KeyError) as caught:
        async with flow_source([op(numbers(10, every=1))]) as run:
            await run.receive()
            raise mine
    assert caught.value is mine
    assert notes(mine) == []


async def test_a_flow_that_was_left_begins_nothing():
    """The first operation is on its way to its end when the flow is left."""
    gate = trio.Event()
    begun = []

    async def waits(context):
        await gate.wait()

    async def fails(context):
        begun.append(context.operation)
        raise KeyError

    first = op(waits)
    async with flow_source([first, op(fails, after=[first])]):
        await wait_all_tasks_blocked()
        gate.set()
    assert begun == []


async def test_leaving_a_flow_cancels_who_waits_for_room():
    """The chunk is not given, so what comes after it does not happen."""

    async def fails_after_two(context):
        await context.send(1)
        await context.send(2)
        raise KeyError

    async with flow_source([op(fails_after_two)], size=1):
        await wait_all_tasks_blocked()


async def test_a_cancellation_passes_where_operations_were_skipped_before(autojump_clock):
    bad = op(answer(1, after=1, then=OSError("broken")))
    with trio.move_on_after(2) as scope:
        await run_flow([bad, op(answer(1, after=5))], on_error="skip")
    assert scope.cancelled_caught


async def test_the_rest_goes_on_and_what_needs_the_failed_one_is_skipped(autojump_clock):
    failing = op(answer(1, after=1, then=OSError("broken")), name="bad")
    needs = op(answer(2), after=[failing], name="needs")
    far = op(answer(3), after=[needs], name="far")
    other = op(answer("other", after=10), name="other")
    after_other = op(answer("after"), after=[other], name="after other")
    async with flow_source([failing, needs, far, other, after_other], on_error="skip") as run:
        with pytest.raises(FlowError, match="1 of 5 operations failed: 'bad'") as caught:
            await sinks.drain(run)
        status = run.status
    error = caught.value
    (only,) = error.exceptions
    assert isinstance(only, OperationError)
    assert only.operation is failing
    assert str(only) == "operation 'bad' failed: OSError: broken"
    assert isinstance(only.__cause__, OSError)
    assert dict(error.results) == {other.id: "other", after_other.id: "after"}
    assert [status[one].state for one in (failing, needs, far)] == ["failed", "skipped", "skipped"]
    for one in (needs, far):
        assert status[one].because is failing
        assert status[one].error is only.__cause__
        assert status[one].attempts == 0


async def test_resuming_after_a_failure_runs_what_is_missing(autojump_clock):
    broken = True
    ran = []

    async def sometimes(context):
        await trio.lowlevel.checkpoint()
        ran.append("sometimes")
        if broken:
            raise OSError("no")
        return 1

    async def other(context):
        await trio.lowlevel.checkpoint()
        ran.append("other")
        return 2

    bad, good = op(sometimes), op(other)
    last = op(answer("last"), after=[bad, good])
    with pytest.raises(FlowError) as caught:
        await run_flow([bad, good, last], on_error="skip")
    broken = False
    results = await run_flow([bad, good, last], on_error="skip", results=caught.value.results)
    assert results[last] == "last"
    assert sorted(ran) == ["other", "sometimes", "sometimes"]


async def test_a_reader_learns_of_the_failure_after_the_chunks_and_is_skipped():
    seen = []

    async def read(context):
        async for item in context.channel:
            seen.append(item)

    producer = op(numbers(3, then=OSError("cut")), name="producer")
    reader = op(read, stream_from=producer, name="reader")
    last = op(answer(1), after=[reader], name="last")
    async with flow_source([producer, reader, last], on_error="skip") as run:
        with pytest.raises(FlowError) as caught:
            await sinks.drain(run)
        assert [one.operation for one in caught.value.exceptions] == [producer]
        for one in (reader, last):
            assert run.status[one].state is State.SKIPPED
            assert run.status[one].because is producer
    assert seen == [0, 1, 2]
    assert notes(caught.value.exceptions[0].__cause__) == ["in operation 'producer'"]


async def test_a_reader_may_do_without_the_rest_of_a_stream():
    async def forgiving(context):
        got = []
        try:
            async for item in context.channel:
                got.append(item)
        except OSError:
            got.append("cut")
        return got

    producer = op(numbers(2, then=OSError("cut")))
    reader = op(forgiving, stream_from=producer)
    with pytest.raises(FlowError) as caught:
        await run_flow([producer, reader], on_error="skip")
    assert caught.value.results[reader] == [0, 1, "cut"]


async def test_a_reader_that_fails_or_is_skipped_lets_its_producer_go_on(autojump_clock):
    async def fails(context):
        await context.channel.receive()
        raise OSError("reader")

    one, two = op(numbers(500)), op(numbers(500))
    bad = op(fails, stream_from=one, stream_size=1)
    skipped = op(echo, after=[bad], stream_from=two, stream_size=1)
    for slots in (None, 1, 2):
        with pytest.raises(FlowError) as caught:
            await run_flow([one, two, bad, skipped], on_error="skip", max_concurrent=slots)
        assert set(caught.value.results) == {one.id, two.id}
        assert [error.operation for error in caught.value.exceptions] == [bad]


def test_cancelled_at_any_step_a_failing_flow_ends_as_it_should():
    async def program():
        bad = op(answer(1, after=1, then=KeyError("x")), name="bad")
        others = [op(numbers(5, every=1)), as_operation(inner_flow())]
        with pytest.raises(FlowError) as caught:
            async with flow_source([bad, *others], on_error="skip", size=1) as run:
                await sinks.drain(run)
        assert [one.operation for one in caught.value.exceptions] == [bad]

    assert cancel_everywhere(program) > 10


@pytest.mark.parametrize(
    "options", [{"on_error": "ignore"}, {"max_concurrent": 0}, {"size": 0}, {"max_concurrent": 1.5}]
)
def test_wrong_options_are_refused_at_once(options):
    with pytest.raises(ConfigurationError):
        flow_source([op(answer(1))], **options)
