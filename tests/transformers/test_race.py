"""`race` and `hedge`: the first to speak wins, and whatever a loser does, all of the winner comes."""

import pytest
import trio
import trio.testing
from hypothesis import given, settings, strategies as st
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import FinishChunk, StreamTruncated, TextChunk, Verdict, sinks, source
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import hedge, race, text
from tests.counting import numbers


@source
async def contender(at, items, then):
    """Says *items* after *at* seconds, then ends, fails, hangs, or fails while it is cancelled."""
    try:
        await trio.sleep(at)
        for item in range(items):
            yield item
            await trio.sleep(1)
        match then:
            case "fail":
                raise StreamTruncated("cut")
            case "hang":
                await trio.sleep_forever()
    finally:
        if then == "fail in clean-up":
            raise ValueError("the clean-up failed")


async def outcome(made):
    got = []
    try:
        async with made as channel:
            async for item in channel:
                got.append(item)
    except Exception as error:
        return got, type(error)
    return got, None


def expected(contenders):
    """By hand: the first to give an item has the race, else an end counts more than a failure."""
    speakers = [(at, number) for number, (at, items, _) in enumerate(contenders) if items]
    if not speakers:
        failing = [then != "end" for _, _, then in contenders]
        return ([], StreamTruncated if all(failing) else None)
    _, winner = min(speakers)
    _, items, then = contenders[winner]
    return list(range(items)), StreamTruncated if then == "fail" else None


CONTENDERS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 4), st.sampled_from(["end", "fail"])),
    min_size=1,
    max_size=4,
)


@settings(max_examples=300, deadline=None)
@given(CONTENDERS)
def test_the_winner_is_whole(contenders):
    async def run():
        # Two that speak in one turn may both be first; here the times of speakers differ.
        spoken = [at + number / 10 if items else at for number, (at, items, _) in enumerate(drawn)]
        made = [
            contender(at, items, then) for at, (_, items, then) in zip(spoken, drawn, strict=True)
        ]
        return await outcome(race(*made)), spoken

    drawn = contenders
    clock = trio.testing.MockClock(autojump_threshold=0)
    got, spoken = trio.run(run, clock=clock)
    timed = [(at, items, then) for at, (_, items, then) in zip(spoken, drawn, strict=True)]
    assert got == expected(timed)


@pytest.mark.parametrize("then", ["end", "fail", "hang", "fail in clean-up"])
@pytest.mark.parametrize("contest", [race, lambda *both: hedge(*both, after=0.5)])
async def test_a_loser_that_ends_in_the_same_turn(contest, then, autojump_clock):
    for order in (1, -1):
        both = [contender(1, 9, "end"), contender(1, 0, then)][::order]
        assert await outcome(contest(*both)) == (list(range(9)), None)


async def test_a_model_that_says_nothing_does_not_beat_one_that_answers():
    """A blocked answer is text for nobody: the good one's comes."""
    blocked = ScriptedProvider([FinishChunk(verdict=Verdict.BLOCKED)]).model(stream=True)
    good = ScriptedProvider([TextChunk("good"), FinishChunk(verdict=Verdict.COMPLETE)])
    both = (blocked.stream("q") | text(), good.model(stream=True).stream("q") | text())
    assert await sinks.join(race(*both)) == "good"
    assert await sinks.join(race(*both[::-1])) == "good"


async def test_an_empty_end_counts_more_than_a_failure(autojump_clock):
    made = race(contender(0, 0, "fail"), contender(1, 0, "end"))
    assert await outcome(made) == ([], None)
    made = race(contender(0, 0, "fail"), contender(1, 0, "fail"))
    assert await outcome(made) == ([], StreamTruncated)


FAILURE = StreamTruncated("cut")


@source
async def fails_later():
    await trio.sleep(1)
    raise KeyError("late")
    yield


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
