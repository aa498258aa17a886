"""What stands between pieces of a held text waits there, and only so much of it."""

from __future__ import annotations

import pytest

from lionpride_trio import LocalProtocolError, TextChunk
from lionpride_trio.stages import StopAt, ThinkTags
from lionpride_trio.stages._passing import Passing


def waiting(*places):
    passing = Passing()
    for place in places:
        assert passing.wait(place, place) == ()
    return passing


def test_each_stands_in_its_place_in_the_text():
    passing = waiting(0, 2, 2, 4, 5)
    assert passing.put_in("abcd") == [0, "ab", 2, 2, "cd", 4]
    # The places count from the end of what was given.
    assert passing.put_in("ef") == ["e", 5, "f"]
    assert not passing


def test_what_is_behind_an_end_is_forgotten():
    passing = waiting(1, 2, 3)
    passing.drop_from(2)
    assert passing.rest() == [1]
    assert not passing


@pytest.mark.parametrize("make", [lambda: StopAt("END"), ThinkTags], ids=["stop_at", "think_tags"])
def test_what_waits_is_bounded_and_what_need_not_wait_does_not(make):
    machine = make()
    assert list(machine.feed("a")) in (["a"], [TextChunk("a")])
    assert list(machine.let_past(0)) == [0]
    assert list(machine.feed("E" if isinstance(machine, StopAt) else "<")) == []
    assert [list(machine.let_past(number)) for number in range(65)] == [[]] * 64 + [[0]]
    assert list(machine.flush())[1:] == list(range(1, 65))
    with pytest.raises(LocalProtocolError):
        machine.let_past(3)
