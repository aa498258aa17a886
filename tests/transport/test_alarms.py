"""The clocks of many reads: each alarm rings at its time, and at no other."""

import math
import random

import pytest
import trio
import trio.testing
from hypothesis import given, settings, strategies as st

from lionpride_trio._transport._alarms import Alarm, Watcher


class Sleeper:
    """A reader that has nothing to read: it waits for its alarm alone."""

    def __init__(self, watcher):
        self.woken = trio.Event()
        self.alarm = Alarm(watcher, lambda: self.woken.set())

    async def wait(self, due):
        self.woken = trio.Event()
        self.alarm.set(due)
        await self.woken.wait()
        assert self.alarm.rang
        self.alarm.clear()
        return trio.current_time()


async def test_each_alarm_rings_at_its_own_time(autojump_clock):
    rang = {}
    async with trio.open_nursery() as nursery:
        watcher = Watcher()
        nursery.start_soon(watcher.run)

        async def wait(due):
            rang[due] = await Sleeper(watcher).wait(due)

        async with trio.open_nursery() as waiting:
            for _ in range(200):
                waiting.start_soon(wait, trio.current_time() + random.Random(_).uniform(0, 9))
        nursery.cancel_scope.cancel()
    assert rang == pytest.approx({due: due for due in rang})
    assert len(rang) == 200


async def test_one_that_is_set_anew_is_not_looked_at_each_time(autojump_clock):
    """A stream that never pauses for long costs its watcher next to nothing."""
    watcher = Watcher()
    looks = []
    alarm = Alarm(watcher, lambda: looks.append("rang"))
    look_at = watcher.look_at
    watcher.look_at = lambda *given: looks.append(given) or look_at(*given)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watcher.run)
        for _ in range(1000):
            alarm.set(trio.current_time() + 30)
            await trio.sleep(0.1)
            alarm.clear()
        nursery.cancel_scope.cancel()
    assert "rang" not in looks
    assert len(looks) <= 5, "once for each half minute"


async def test_an_earlier_time_counts_at_once(autojump_clock):
    async with trio.open_nursery() as nursery:
        watcher = Watcher()
        nursery.start_soon(watcher.run)
        sleeper = Sleeper(watcher)
        sleeper.alarm.set(trio.current_time() + 100)
        await trio.sleep(1)
        sleeper.alarm.clear()
        due = trio.current_time() + 2
        assert await sleeper.wait(due) == pytest.approx(due)
        nursery.cancel_scope.cancel()


async def test_a_closed_alarm_is_let_go_and_wakes_nobody_up(autojump_clock):
    """Short calls one after another leave nothing behind, though their clocks had a minute left."""
    watcher = Watcher()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watcher.run)
        longest = Alarm(watcher, lambda: None)
        longest.set(trio.current_time() + 10)
        for _ in range(1000):
            alarm = Alarm(watcher, lambda: pytest.fail("nobody waits"))
            alarm.set(trio.current_time() + 60)
            alarm.close()
        assert len(watcher._times) < 200
        longest.close()
        assert watcher._sleep.deadline == math.inf, "no clock jumps to a time that means nothing"
        await trio.sleep(100)
        nursery.cancel_scope.cancel()


class Model:
    """What is right: an alarm rings at its time if it is set then."""

    def __init__(self):
        self.due = {}

    def ring(self, now):
        return {name for name, due in self.due.items() if due <= now}


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "clear", "close", "pass"]),
        st.integers(0, 4),
        st.floats(0, 50, allow_nan=False),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(steps=STEPS)
def test_any_sequence_rings_what_is_due_and_nothing_else(steps):
    async def main():
        watcher, model, rang = Watcher(), Model(), set()
        alarms = {}

        def fresh(name):
            alarms[name] = Alarm(watcher, lambda: rang.add(name))

        for name in range(5):
            fresh(name)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(watcher.run)
            for step, name, seconds in steps:
                now = trio.current_time()
                match step:
                    case "set":
                        alarms[name].set(now + seconds)
                        model.due[name] = now + seconds
                    case "clear":
                        alarms[name].clear()
                        model.due.pop(name, None)
                    case "close":
                        alarms[name].close()
                        model.due.pop(name, None)
                        fresh(name)
                    case "pass":
                        await trio.sleep(seconds)
                        await trio.testing.wait_all_tasks_blocked()
                        due = model.ring(trio.current_time())
                        assert rang == due
                        for one in due:
                            alarms[one].clear()
                            del model.due[one]
                        rang.clear()
            nursery.cancel_scope.cancel()

    trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0))
