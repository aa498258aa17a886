"""Operations that are async generators, which hold nurseries and scopes open around their ``yield``."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock

from lionpride_trio import FlowError, LocalProtocolError, Session, sinks
from lionpride_trio.flow import State, flow_source, run_flow
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import source
from tests.channels.generators import (
    SHAPES,
    keeps_a_cancellation,
    outcome,
    reads_slowly,
    shielded,
    shown,
    with_child_that_fails_in_its_clean_up,
    with_deadline,
    with_failing_clean_up,
    with_nursery,
)

from .making import answer, op

FAILS_IN_ITS_CLEAN_UP = (with_failing_clean_up, with_child_that_fails_in_its_clean_up)
FORMS = {
    "generator": lambda shape: lambda _: shape(),
    "source": lambda shape: lambda _: source(shape)(),
}


async def read_slowly(context):
    got = []
    async for item in context.channel:
        got.append(item)
        await trio.sleep(1)
    return got


def run(program):
    async def in_time():
        with trio.fail_after(1000):
            return await program()

    return trio.run(in_time, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_slow_reader_gets_what_a_source_would_give(shape, form):
    """All items before the end or the failure, and the result has them too."""
    wanted, failure = outcome(source(shape), reads_slowly)

    async def program():
        got = []

        async def read(context):
            async for item in context.channel:
                got.append(item)
                await trio.sleep(1)
            return "read"

        producer = op(FORMS[form](shape), name="producer")
        reader = op(read, stream_from=producer, stream_size=1)
        error, results = None, {}
        try:
            results = await run_flow([producer, reader], on_error="skip")
        except FlowError as raised:
            (only,) = raised.exceptions
            error = only.__cause__
        if failure is None:
            assert dict(results) == {producer.id: got, reader.id: "read"}
        assert shown(error) == shown(failure)
        # How many come before a deadline of its own depends on how far ahead it is.
        numbers = [item for item in got if item != "late"]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= len([item for item in wanted if item != "late"])
        assert ("late" in got) is ("late" in wanted)

    run(program)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", [*SHAPES])
@pytest.mark.parametrize("read_inside", [False, True])
def test_a_flow_that_is_left_raises_what_fails_in_a_clean_up_and_nothing_else(
    shape, form, read_inside
):
    async def program():
        producer = op(FORMS[form](shape))
        operations = [producer]
        if read_inside:
            operations.append(op(read_slowly, stream_from=producer, stream_size=1))
        async with flow_source(operations, size=1) as running:
            await running.receive()

    if shape in FAILS_IN_ITS_CLEAN_UP:
        with pytest.RaisesGroup(OSError, allow_unwrapped=True):
            run(program)
    else:
        run(program)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_readers_own_exception_comes_out_unchanged(shape, form):
    mine = KeyError("mine")

    async def program():
        async with flow_source([op(FORMS[form](shape))], size=1) as running:
            await running.receive()
            raise mine

    with pytest.raises(KeyError) as caught:
        run(program)
    assert caught.value is mine
    assert len(getattr(mine, "__notes__", ())) == (shape in FAILS_IN_ITS_CLEAN_UP)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_failing_sibling_ends_it(shape, form):
    async def program():
        producer = op(FORMS[form](shape), name="producer")
        reader = op(read_slowly, stream_from=producer, stream_size=1)
        sibling = op(answer(1, after=1.5, then=KeyError("sibling")), name="sibling")
        await run_flow([producer, reader, sibling])

    with pytest.raises((KeyError, FlowError)) as caught:
        run(program)
    if shape in FAILS_IN_ITS_CLEAN_UP:
        names = {one.operation.name for one in caught.value.exceptions}
        assert names == {"producer", "sibling"}
    else:
        assert isinstance(caught.value, KeyError)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", SHAPES)
def test_cancelled_from_outside_it_raises_what_fails_in_a_clean_up(shape, form):
    async def program():
        producer = op(FORMS[form](shape))
        reader = op(read_slowly, stream_from=producer, stream_size=1)
        with trio.move_on_after(1.5) as scope:
            await run_flow([producer, reader], on_error="skip")
        assert scope.cancelled_caught

    if shape in FAILS_IN_ITS_CLEAN_UP:
        with pytest.raises(FlowError) as caught:
            run(program)
        assert len(caught.value.exceptions) == 1
    else:
        run(program)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", [with_nursery, with_deadline])
def test_cancelled_at_any_step_it_ends_quietly(shape, form):
    async def program():
        producer = op(FORMS[form](shape))
        reader = op(read_slowly, stream_from=producer, stream_size=1)
        async with flow_source([producer, reader], size=1) as running:
            await sinks.drain(running)

    assert cancel_everywhere(program) > 10


@pytest.mark.parametrize("form", FORMS)
def test_a_bare_loop_that_is_left_leaves_the_failure_of_a_clean_up_to_its_session(form):
    log = []

    async def program():
        async with Session() as session:
            builder = Builder(session=session)
            builder.add(FORMS[form](with_failing_clean_up))
            async for _ in flow_stream(builder, size=1):
                break
            await trio.sleep(5)
            log.append("not cancelled")

    with pytest.raises(OSError, match="clean-up"):
        run(program)
    assert log == ["not cancelled"]


def test_a_shielded_source_ends_with_its_flow():
    async def program():
        async with flow_source([op(lambda _: source(shielded)())], size=1) as running:
            await running.receive()

    run(program)


# A cancellation that is not the operation's


async def raises_a_kept_one(context):
    async for _ in keeps_a_cancellation():
        pass


@pytest.mark.parametrize(
    "work",
    [raises_a_kept_one, lambda _: keeps_a_cancellation(), lambda _: source(keeps_a_cancellation)()],
)
@pytest.mark.parametrize("on_error", ["cancel", "skip"])
def test_a_kept_cancellation_is_its_operations_failure(work, on_error):
    async def program():
        bad, good = op(work, name="bad"), op(answer(2, after=1))
        needs = op(answer(3), after=[bad])
        with trio.CancelScope() as scope:
            async with flow_source([bad, good, needs], on_error=on_error) as running:
                with pytest.raises((LocalProtocolError, FlowError)) as caught:
                    await sinks.drain(running)
            error = caught.value
            if on_error == "skip":
                (only,) = error.exceptions
                error = only.__cause__
                assert dict(running.results) == {good.id: 2}
            assert isinstance(error, LocalProtocolError)
            assert isinstance(error.__cause__, trio.Cancelled)
            assert running.status[bad].state is State.FAILED
            assert running.status[needs].because is bad
        assert not scope.cancelled_caught

    # Not by pytest-trio, which takes a cancellation that comes out for its own.
    trio.run(program, clock=MockClock(autojump_threshold=0))


@pytest.mark.parametrize(
    ("on_error", "fails"), [("cancel", False), ("skip", False), ("skip", True)]
)
def test_a_flow_with_an_operation_that_did_not_end_raises(on_error, fails):
    """Whatever cancelled it: an operation that is not done and has no cause is told."""

    async def program():
        async def ends_its_nursery(context):
            await trio.sleep(1)
            trio.lowlevel.current_task().parent_nursery.cancel_scope.cancel()
            await trio.sleep_forever()

        operations = [op(ends_its_nursery, name="ending"), op(answer(1, after=5), name="other")]
        if fails:
            operations.append(op(answer(1, then=OSError("known")), name="failing"))
        with pytest.raises(FlowError) as caught:
            await run_flow(operations, on_error=on_error)
        errors = {one.operation: one.__cause__ for one in caught.value.exceptions}
        assert set(errors) == set(operations)
        for one in operations[:2]:
            assert isinstance(errors[one], LocalProtocolError)
            assert f"{one.name!r} ended without a result and without" in str(errors[one])

    # Not by pytest-trio, which takes a cancellation that comes out for its own.
    trio.run(program, clock=MockClock(autojump_threshold=0))
