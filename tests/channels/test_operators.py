"""Operators: what comes through, at the normal end, when a side fails, when one leaves early."""

from __future__ import annotations

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    ConfigurationError,
    LimitExceeded,
    LocalProtocolError,
    StreamTruncated,
    sinks,
    source,
)
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import (
    buffer,
    chain,
    fork,
    from_iterable,
    hedge,
    idle_timeout,
    map_concurrent,
    map_each,
    merge,
    pace,
    prefetch,
    race,
    tap,
    tee,
)

from .making import numbers

FAILURE = StreamTruncated("cut")


@source
async def fails_later():
    await trio.sleep(1)
    raise KeyError("late")
    yield


async def double(number: int) -> int:
    await trio.sleep(0.1 * (5 - number % 5))
    return number * 2


# Every operator with tasks, as a program that reads five items.
OPERATORS = {
    "source": lambda: numbers(5),
    "prefetch": lambda: numbers(5) | prefetch(2),
    "pace": lambda: from_iterable("abcde") | pace(100),
    "tee": lambda: numbers(5) | tee(sinks.collect, size=2),
    "map_concurrent": lambda: numbers(5) | map_concurrent(double, 2),
    "unordered": lambda: numbers(5) | map_concurrent(double, 2, ordered=False),
    "merge": lambda: merge(numbers(2), numbers(3)),
    "chain": lambda: chain(numbers(2), numbers(3)),
    "race": lambda: race(numbers(5, every=1), numbers(5, every=2)),
    "hedge": lambda: hedge(numbers(5, every=3), after=1),
    "timed buffer": lambda: numbers(5, every=1) | buffer(seconds=0.5),
    "idle timeout": lambda: numbers(5, every=1) | idle_timeout(2),
    "all together": lambda: (
        merge(
            numbers(2) | prefetch(1) | map_concurrent(double, 2),
            chain(numbers(1), numbers(2) | tee(sinks.drain)),
        )
        | map_each(lambda pair: pair[1])
        | prefetch(3)
    ),
}


@pytest.mark.parametrize("make", OPERATORS.values(), ids=OPERATORS)
def test_cancelled_at_any_step_an_operator_ends_quietly(make):
    async def program() -> None:
        assert len(await sinks.collect(make())) == 5

    assert cancel_everywhere(program) > 3


@pytest.mark.parametrize("make", OPERATORS.values(), ids=OPERATORS)
def test_a_receive_cancelled_at_any_step_loses_nothing(make):
    """Each receive is cancelled at its first, second, … step and asked again."""

    async def program(patience: int) -> int:
        got = []
        async with make() as channel:
            while True:
                cancelled_by = trio.CancelScope()
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_cancel_after, patience, cancelled_by)
                    ended = False
                    try:
                        with cancelled_by:
                            got.append(await channel.receive())
                    except trio.EndOfChannel:
                        ended = True
                    nursery.cancel_scope.cancel()
                if ended:
                    return len(got)
                await trio.sleep(0.2)

    for patience in range(8):
        assert trio.run(program, patience, clock=trio.testing.MockClock(autojump_threshold=0)) == 5


async def _cancel_after(steps: int, scope: trio.CancelScope) -> None:
    for _ in range(steps):
        await trio.lowlevel.checkpoint()
    scope.cancel()


@pytest.mark.parametrize("make", OPERATORS.values(), ids=OPERATORS)
async def test_the_users_own_exception_comes_out_unchanged(make, autojump_clock):
    mine = KeyError("mine")
    with pytest.raises(KeyError) as caught:
        async with make() as channel:
            await channel.receive()
            raise mine
    assert caught.value is mine


FAILING = {
    "source": lambda failing: failing,
    "prefetch": lambda failing: failing | prefetch(8),
    "tee": lambda failing: failing | tee(sinks.drain),
    "map_concurrent": lambda failing: failing | map_concurrent(double, 2),
    "merge": lambda failing: merge(failing) | map_each(lambda pair: pair[1]),
    "chain": lambda failing: chain(failing, numbers(5)),
    "race": lambda failing: race(failing, numbers(5, every=100)),
    "buffer": lambda failing: failing | buffer(seconds=1) | map_each(lambda group: group[-1]),
    "idle timeout": lambda failing: failing | idle_timeout(9),
}


@pytest.mark.parametrize("make", FAILING.values(), ids=FAILING)
async def test_one_failure_comes_plain_and_after_the_items_before_it(make, autojump_clock):
    async with make(numbers(3, then=FAILURE)) as channel:
        items = []
        with pytest.raises(StreamTruncated) as caught:
            async for item in channel:
                items.append(item)
        assert caught.value is FAILURE
        assert items[-1] in {2, 4}


@pytest.mark.parametrize("make", FAILING.values(), ids=FAILING)
async def test_leaving_early_closes_the_producer(make, autojump_clock):
    log: list[object] = []
    async with make(numbers(1000, every=1, log=log)) as channel:
        await channel.receive()
    assert log[-1] == "closed"
    assert len(log) < 100


# prefetch


async def test_prefetch_runs_n_ahead_and_no_further():
    log: list[object] = []
    async with from_iterable(range(100)) | tap(log.append) | prefetch(5) as channel:
        await wait_all_tasks_blocked()
        assert log == [0, 1, 2, 3, 4]
        assert await channel.receive() == 0
        assert [item async for item in channel] == list(range(1, 100))


# tee


async def test_tee_gives_the_sink_a_copy_and_waits_for_it():
    copies: list[list[int]] = []

    async def keep(channel) -> None:
        copies.append(await sinks.collect(channel))

    assert await sinks.collect(numbers(3) | tee(keep)) == [0, 1, 2]
    assert copies == [[0, 1, 2]]


async def test_tees_stream_waits_for_a_slow_sink(autojump_clock):
    log: list[object] = []

    async def slow(channel) -> None:
        async for _ in channel:
            await trio.sleep(1)

    async with numbers(50, log=log) | tee(slow, size=2) as channel:
        with trio.move_on_after(10):
            async for _ in channel:
                pass
        assert len(log) <= 14


@pytest.mark.parametrize(("policy", "kept"), [("drop_oldest", [3, 4]), ("drop_newest", [0, 1])])
async def test_tees_dropping_policies_lose_only_the_copy(policy, kept):
    gate = trio.Event()
    copies: list[int] = []

    async def late(channel) -> None:
        await gate.wait()
        copies.extend(await sinks.collect(channel))

    async with numbers(5) | tee(late, size=2, when_full=policy) as channel:
        assert [await channel.receive() for _ in range(5)] == [0, 1, 2, 3, 4]
        gate.set()
        assert [item async for item in channel] == []
    assert copies == kept


async def test_a_detached_sink_learns_it_and_the_stream_goes_on():
    gate = trio.Event()
    learnt: list[object] = []

    async def late(channel) -> None:
        await gate.wait()
        try:
            async for item in channel:
                learnt.append(item)
        except LimitExceeded as error:
            learnt.append(error.limit)
            raise

    async with numbers(5) | tee(late, size=2, when_full="detach") as channel:
        assert [await channel.receive() for _ in range(5)] == [0, 1, 2, 3, 4]
        gate.set()
        assert [item async for item in channel] == []
    assert learnt == [0, 1, "buffer"]


async def test_a_sinks_failure_is_the_streams_after_the_items_before_it():
    async def broken(channel) -> None:
        await channel.receive()
        raise OSError("disk full")

    async with numbers(100) | tee(broken) as channel:
        with pytest.raises(OSError, match="disk full"):
            async for _ in channel:
                pass


async def test_a_sink_that_has_enough_is_detached():
    async def first(channel) -> None:
        await channel.receive()

    assert await sinks.collect(numbers(200) | tee(first, size=1)) == list(range(200))


async def test_a_sink_sees_the_streams_failure():
    seen: list[Exception] = []

    async def watch(channel) -> None:
        try:
            await sinks.drain(channel)
        except StreamTruncated as error:
            seen.append(error)
            raise

    with pytest.raises(StreamTruncated):
        await sinks.drain(numbers(2, then=FAILURE) | tee(watch))
    assert seen == [FAILURE]


# fork


async def test_branches_of_a_fork_are_equal():
    results: dict[int, list[int]] = {}

    async def read(number: int, branch) -> None:
        results[number] = await sinks.collect(branch)

    async with fork(numbers(300), 3) as branches, trio.open_nursery() as nursery:
        for number, branch in enumerate(branches):
            nursery.start_soon(read, number, branch)
    assert results == {number: list(range(300)) for number in range(3)}


async def test_every_branch_gets_the_failure():
    async with fork(numbers(2, then=FAILURE), 2) as branches:
        for branch in branches:
            assert [await branch.receive(), await branch.receive()] == [0, 1]
            with pytest.raises(StreamTruncated):
                await branch.receive()


async def test_a_slow_branch_bounds_the_others():
    log: list[object] = []
    async with fork(numbers(1000, log=log), 2, size=4) as (fast, _slow):
        with trio.move_on_after(0.05):
            async for _ in fast:
                pass
        assert len(log) <= 6


async def test_a_closed_branch_holds_nobody_up():
    async with fork(numbers(200), 2, size=4) as (one, other):
        await other.aclose()
        assert len(await sinks.collect(one)) == 200


async def test_a_slow_branch_may_lose_items_instead():
    async with fork(numbers(100), 2, size=4, when_full="drop_oldest") as (fast, slow):
        assert len(await sinks.collect(fast)) >= 4
        assert await sinks.collect(slow) == [96, 97, 98, 99]


@pytest.mark.parametrize("begun", [False, True])
async def test_one_task_that_reads_branches_one_after_another_is_told(begun, autojump_clock):
    async with fork(numbers(100), 2, size=4, patience=3) as (one, other):
        if begun:
            await other.receive()
        with pytest.raises(LocalProtocolError, match="task of its own"):
            async for _ in one:
                pass
        assert trio.current_time() == 3


async def test_a_branch_whose_reader_has_gone_holds_up_nobody_unseen(autojump_clock):
    """Its task read three items and ended, and did not close it."""

    async def few(branch):
        for _ in range(3):
            await branch.receive()

    async with fork(numbers(100), 2, size=4, patience=3) as (one, other):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(few, other)
            await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(LocalProtocolError, match="nobody else reads it"):
            await sinks.collect(one)


async def test_a_branch_may_change_hands(autojump_clock):
    """One task looks at it, and another reads it a little later."""

    async def later(branch):
        await trio.sleep(0.1)
        assert await sinks.collect(branch) == list(range(1, 20))

    async with fork(numbers(20), 2, size=1) as (one, other):
        assert await one.receive() == 0
        async with trio.open_nursery() as nursery:
            nursery.start_soon(later, one)
            assert await sinks.collect(other) == list(range(20))


async def test_a_reader_that_is_only_slow_is_waited_for(autojump_clock):
    async def slowly(branch):
        count = 0
        async for _ in branch:
            await trio.sleep(100)
            count += 1
        assert count == 20

    branches = fork(numbers(20), 2, size=1, patience=1)
    async with branches as (one, other), trio.open_nursery() as nursery:
        nursery.start_soon(slowly, one)
        assert await sinks.collect(other) == list(range(20))


# merge, chain, race, hedge


async def test_merge_labels_and_is_fair():
    merged = await sinks.collect(merge({"a": numbers(100), "b": numbers(100)}, size=4))
    assert [item for label, item in merged if label == "a"] == list(range(100))
    assert [item for label, item in merged if label == "b"] == list(range(100))
    firsts = [label for label, _ in merged[:80]]
    assert 20 <= firsts.count("a") <= 60


@pytest.mark.parametrize("items", [range(500), list(range(500))], ids=["singly", "by batches"])
async def test_merge_is_fair_to_many_sources_that_have_items_all_the_time(items):
    seen = [0] * 64
    async with merge(*(from_iterable(items) for _ in seen)) as merged:
        async for number, _ in merged:
            seen[number] += 1
            assert seen[number] == 500 or seen[number] - min(seen) <= 128
            if seen[number] == 500:
                break


async def test_merge_of_nothing_ends():
    assert await sinks.collect(merge()) == []


async def test_a_failure_in_a_merge_closes_the_others(autojump_clock):
    log: list[object] = []
    async with merge(numbers(1, then=FAILURE), numbers(100, every=1, log=log)) as channel:
        with pytest.raises(StreamTruncated):
            await sinks.drain(channel)
        await wait_all_tasks_blocked()
        assert log == ["closed"]


async def test_chain_opens_the_next_when_the_last_has_ended():
    log: list[object] = []
    assert await sinks.collect(chain(numbers(2, log=log), numbers(2, log=log))) == [0, 1, 0, 1]
    assert log == [0, 1, "closed", 0, 1, "closed"]


async def test_the_first_to_speak_wins_and_the_others_are_closed(autojump_clock):
    log: list[object] = []
    async with race(numbers(3, every=5, log=log), numbers(3, every=1)) as channel:
        assert await channel.receive() == 0
        await wait_all_tasks_blocked()
        assert log == ["closed"]
        assert await sinks.collect(channel) == [1, 2]


async def test_a_contender_that_fails_is_out_and_all_failing_is_the_first_failure(autojump_clock):
    assert await sinks.collect(race(numbers(0, then=FAILURE), numbers(2, every=1))) == [0, 1]
    with pytest.raises(StreamTruncated) as caught:
        await sinks.drain(race(numbers(0, then=FAILURE), fails_later()))
    assert caught.value is FAILURE


async def test_hedge_starts_the_next_after_silence(autojump_clock):
    began: list[float] = []

    @source
    async def slow_at_first():
        began.append(trio.current_time())
        await trio.sleep(10 if len(began) == 1 else 1)
        yield len(began)

    start = trio.current_time()
    assert await sinks.collect(hedge(slow_at_first(), after=2)) == [2]
    assert [time - start for time in began] == [0, 2]
    assert trio.current_time() - start == 3


async def test_a_failing_contender_makes_way_at_once(autojump_clock):
    start = trio.current_time()
    assert await sinks.collect(hedge(numbers(0, then=FAILURE), numbers(1), after=60)) == [0]
    assert trio.current_time() == start


# map_concurrent


async def test_results_come_in_order_or_as_they_come(autojump_clock):
    assert await sinks.collect(numbers(5) | map_concurrent(double, 5)) == [0, 2, 4, 6, 8]
    results = await sinks.collect(numbers(5) | map_concurrent(double, 5, ordered=False))
    assert results == [8, 6, 4, 2, 0]


async def test_no_more_than_the_limit_are_in_work(autojump_clock):
    running = peak = 0

    async def work(number: int) -> int:
        nonlocal running, peak
        running += 1
        peak = max(peak, running)
        await trio.sleep(1)
        running -= 1
        return number

    start = trio.current_time()
    assert len(await sinks.collect(numbers(9) | map_concurrent(work, 3))) == 9
    assert peak == 3
    assert trio.current_time() - start == 3


async def test_a_slow_consumer_stops_the_calls():
    log: list[object] = []

    async def work(number: int) -> int:
        await trio.lowlevel.checkpoint()
        return number

    async with numbers(100, log=log) | map_concurrent(work, 3) as channel:
        await channel.receive()
        await wait_all_tasks_blocked()
        assert len(log) <= 6


async def test_a_failed_call_comes_in_its_turn_and_cancels_the_rest(autojump_clock):
    cancelled: list[int] = []

    async def work(number: int) -> int:
        try:
            await trio.sleep(1 if number < 2 else 100)
        except trio.Cancelled:
            cancelled.append(number)
            raise
        if number == 1:
            raise KeyError(number)
        return number

    async with numbers(9) | map_concurrent(work, 4) as channel:
        assert await channel.receive() == 0
        with pytest.raises(KeyError):
            await channel.receive()
        await wait_all_tasks_blocked()
        assert {2, 3} <= set(cancelled) <= {2, 3, 4}


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: prefetch(0),
        lambda: prefetch(1.5),  # type: ignore[arg-type]
        lambda: tee(sinks.drain, when_full="sometimes"),  # type: ignore[arg-type]
        lambda: tee(3),  # type: ignore[arg-type]
        lambda: buffer(),
        lambda: buffer(count=2, chars=3),
        lambda: idle_timeout(0),
        lambda: pace(-1),
        lambda: map_concurrent(double, 0),
        lambda: fork(numbers(1), 0),
        lambda: race(),
    ],
)
def test_wrong_options_are_refused_at_once(wrong):
    with pytest.raises(ConfigurationError):
        wrong()
