"""Stages for items of any type."""

import pytest

from lionpride_trio import ConfigurationError
from lionpride_trio.stages import BufferChars, BufferCount, Keep, MapEach, Take, Tap
from tests.stages.cutting import run


def test_map_keep_and_tap():
    seen = []
    assert run(MapEach(str), [1, 2]) == ["1", "2"]
    assert run(Keep(lambda n: n % 2), [1, 2, 3]) == [1, 3]
    assert run(Tap(seen.append), [1, None]) == [1, None] == seen


def test_the_users_exception_goes_through_unchanged():
    error = KeyError("mine")

    def fail(item):
        raise error

    for stage in (MapEach(fail), Keep(fail), Tap(fail)):
        with pytest.raises(KeyError) as caught:
            stage.feed(1)
        assert caught.value is error


def test_take_is_done_with_its_last_item_and_drops_the_rest():
    take = Take(2)
    assert (list(take.feed("a")), take.done) == (["a"], False)
    assert (list(take.feed("b")), take.done) == (["b"], True)
    assert list(take.feed("c")) == []


def test_take_nothing_is_done_from_the_start():
    assert Take(0).done
    assert run(Take(0), [1]) == []


def test_buffer_count_groups_into_lists():
    assert run(BufferCount(2), "abcde") == [["a", "b"], ["c", "d"], ["e"]]
    assert run(BufferCount(2), "ab") == [["a", "b"]]
    assert run(BufferCount(2), "") == []


def test_buffer_chars_gives_pieces_of_one_size():
    assert run(BufferChars(3), ["a", "bcdefg", "", "h"]) == ["abc", "def", "gh"]


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: Take(-1), "Take: n must be a whole number of at least 0, not -1"),
        (lambda: Take(True), "not True"),
        (lambda: BufferCount(0), "BufferCount: n must be a whole number of at least 1, not 0"),
        (lambda: BufferChars(1.5), "not 1.5"),
        (
            lambda: MapEach(None),
            "MapEach needs a function for fn, such as str or a lambda, not None",
        ),
        (lambda: Keep("x"), "Keep needs a function for predicate"),
    ],
)
def test_options_are_checked(make, match):
    with pytest.raises(ConfigurationError, match=match):
        make()


@pytest.mark.parametrize("make", [MapEach, Keep, Tap])
def test_an_async_function_is_refused_with_what_to_use(make):
    async def fn(item):
        await item

    with pytest.raises(ConfigurationError, match="use map_concurrent, which awaits it"):
        make(fn)
