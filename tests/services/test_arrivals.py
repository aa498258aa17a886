"""Chunks are told of at once, and then gathered."""

import trio

from lionpride_trio._observer import begin_story, listeners_of
from lionpride_trio.services._arrivals import Arrivals
from tests.observe.recorder import Recorder


class Watched:
    """Arrivals, as a record adds to them."""

    def __init__(self):
        self.recorder = Recorder()
        self.arrivals = Arrivals(begin_story(listeners_of([self.recorder])))

    async def come(self, *counts, after=0.0):
        for count in counts:
            await trio.sleep(after)
            now = trio.current_time()
            if now < self.arrivals.burst_ends:
                self.arrivals.burst += count
            else:
                self.arrivals.begin_burst(now, count)

    @property
    def told(self):
        return [(round(one.time, 6), one.count, one.arrivals) for one in self.recorder.events]


async def test_the_first_are_told_at_once(autojump_clock):
    watched = Watched()
    await watched.come(2)
    assert watched.told == [(0.0, 2, ((0.0, 2),))]


async def test_what_comes_within_a_millisecond_came_at_one_time(autojump_clock):
    watched = Watched()
    await watched.come(1)
    await watched.come(1, 2, 3, after=0.0001)
    watched.arrivals.tell()
    assert watched.told[1:] == [(0.0003, 6, ((0.0, 6),))]


async def test_what_comes_in_a_tenth_of_a_second_is_told_together(autojump_clock):
    watched = Watched()
    await watched.come(*[1] * 12, after=0.015625)
    assert [count for _, count, _ in watched.told] == [1, 7]
    assert watched.told[1][2] == tuple((0.015625 * n, 1) for n in range(2, 9))
    watched.arrivals.tell()
    assert sum(count for _, count, _ in watched.told) == 12


async def test_nothing_is_told_twice(autojump_clock):
    watched = Watched()
    watched.arrivals.tell()
    await watched.come(1, 1)
    watched.arrivals.tell()
    watched.arrivals.tell()
    assert [count for _, count, _ in watched.told] == [1, 1]
