"""One read of whatever is read: its checkpoints, its clock, and what a cancellation takes."""

import itertools
import math

import pytest
import trio
import trio.lowlevel
import trio.testing

from lionpride_trio._transport._alarms import Alarm, Watcher
from lionpride_trio._transport._reading import receive
from tests.transport.calls import CancelAtStep
from tests.transport.readables import KINDS

TEXT = [b"<%d>" % number * (number % 7 + 1) for number in range(20)]


@pytest.fixture(params=KINDS)
async def read(request, nursery):
    async with KINDS[request.param](nursery) as read:
        yield read


async def feed(read, seconds):
    for piece in TEXT:
        await trio.sleep(seconds)
        await read.send(piece)
    await read.end()


@pytest.fixture(params=["a watcher", "a scope"])
def keeping(request, nursery, read):
    """How the time of a read is kept."""
    if request.param == "a scope":
        return None
    watcher = Watcher()
    nursery.start_soon(watcher.run)
    return Alarm(watcher, read.source.wake)


async def test_a_read_that_is_cancelled_or_too_slow_loses_nothing(
    autojump_clock, read, nursery, keeping
):
    """Each third is cancelled while it waits, each third at once, and each third has a clock."""
    nursery.start_soon(feed, read, 1)
    got, too_slow, cancelled = [], 0, 0
    for attempt in itertools.count():
        data = None
        with trio.CancelScope() as scope:
            match attempt % 3:
                case 0:
                    scope.deadline = trio.current_time() + 0.3
                    data = await receive(read.source, math.inf, keeping)
                case 1:
                    scope.cancel()
                    data = await receive(read.source, math.inf, keeping)
                case 2:
                    due = trio.current_time() + 0.3
                    try:
                        data = await receive(read.source, due, keeping)
                    except trio.TooSlowError:
                        too_slow += 1
                        assert trio.current_time() == pytest.approx(due)
        cancelled += scope.cancelled_caught
        assert not (attempt % 3 == 1 and data), "what is cancelled takes nothing"
        if data == b"":
            break
        got.append(data or b"")
    assert b"".join(got) == b"".join(TEXT)
    assert min(too_slow, cancelled) > 10


async def test_a_read_waits_until_something_comes(read, nursery, autojump_clock):
    nursery.start_soon(feed, read, 1)
    began = trio.current_time()
    got = b""
    while data := await receive(read.source):
        got += data
    assert got == b"".join(TEXT)
    assert trio.current_time() - began == pytest.approx(len(TEXT))


async def test_a_read_outlives_the_watcher_of_its_clock(autojump_clock, read, nursery):
    """As under a shield, when the session around it is cancelled."""
    watcher = Watcher()
    async with trio.open_nursery() as inner:
        inner.start_soon(watcher.run)
        alarm = Alarm(watcher, read.source.wake)
        for reads in range(2):  # one that waits when the watcher ends, and one that begins later
            due = trio.current_time() + 5
            with trio.CancelScope(shield=True):
                if not reads:
                    nursery.start_soon(cancel_later, inner.cancel_scope, 2)
                with pytest.raises(trio.TooSlowError):
                    await receive(read.source, due, alarm)
            assert trio.current_time() == pytest.approx(due)
    assert not watcher.watches
    await read.end()


async def cancel_later(scope, seconds):
    await trio.sleep(seconds)
    scope.cancel()


async def test_the_end_is_told_as_often_as_one_asks(read, nursery):
    nursery.start_soon(feed, read, 0)
    while await receive(read.source):
        pass
    for _ in range(3):
        assert await receive(read.source) == b""


class Script:
    """Gives *items* in their order; the waits take so many seconds."""

    def __init__(self, *items, seconds=0.0):
        self.items, self.seconds, self.looks = list(items), seconds, 0

    def receive_nowait(self):
        self.looks += 1
        return self.items.pop(0)

    async def wait_readable(self):
        await trio.sleep(self.seconds)


async def test_a_read_is_a_checkpoint_though_everything_is_there():
    source = Script(b"a", None, b"b")
    with trio.testing.assert_checkpoints():
        assert await receive(source) == b"a"
    with trio.testing.assert_checkpoints():
        assert await receive(source) == b"b"


async def test_who_has_looked_does_not_look_again():
    source = Script(b"a")
    with trio.testing.assert_checkpoints():
        assert await receive(source, looked=True) == b"a"
    assert source.looks == 1


async def test_the_clock_runs_over_all_waits_of_one_read(autojump_clock):
    """A peer that sends what is no part of the text would otherwise never let it run out."""
    source = Script(*[None] * 9, seconds=1)
    began = trio.current_time()
    with pytest.raises(trio.TooSlowError):
        await receive(source, 4.5)
    assert trio.current_time() - began == pytest.approx(4.5)


async def test_what_came_with_the_deadline_is_handed_out():
    assert await receive(Script(b"a"), 0, looked=True) == b"a"
    with pytest.raises(trio.TooSlowError):
        await receive(Script(None), 0, looked=True)


async def test_a_cancellation_that_comes_after_the_bytes_were_taken_waits():
    """The read is at its checkpoint, and has the bytes."""
    with trio.CancelScope() as scope:
        canceller = CancelAtStep(scope, trio.lowlevel.current_task(), 1)
        trio.lowlevel.add_instrument(canceller)
        try:
            data = await receive(Script(b"a"))
        finally:
            trio.lowlevel.remove_instrument(canceller)
        assert scope.cancel_called
    assert data == b"a"
