"""Text up to a stop string."""

import re

import pytest
from hypothesis import given, strategies as st

from lionpride_trio import ConfigurationError
from lionpride_trio.stages import StopAt
from tests.stages.cutting import cut, made_of, run


@given(st.lists(made_of("a", "b", max_size=4).filter(bool), min_size=1, max_size=4),
       cut(made_of("a", "b", "c")), st.booleans())  # fmt: skip
def test_the_first_and_longest_string_stops_however_the_text_is_cut(
    strings, text_and_pieces, include
):
    text, pieces = text_and_pieces
    longest_first = sorted(strings, key=len, reverse=True)
    match = re.search("|".join(map(re.escape, longest_first)), text)
    for cutting in ([text], pieces, text):
        stop = StopAt(strings, include=include)
        given = "".join(run(stop, cutting))
        if match is None:
            assert (given, stop.done, stop.matched) == (text, False, None)
        else:
            end = match.end() if include else match.start()
            assert (given, stop.done, stop.matched) == (text[:end], True, match[0])


def test_it_is_done_as_soon_as_it_can_be_and_drops_the_rest():
    stop = StopAt("END")
    assert (list(stop.feed("a E")), stop.done) == (["a "], False)
    assert (list(stop.feed("ND b")), stop.done) == ([], True)
    assert list(stop.feed("c")) == list(stop.flush()) == []


def test_only_what_may_be_a_stop_string_is_held_back():
    stop = StopAt(["\n\nUser:", "###"])
    assert list(stop.feed("hi\n")) == ["hi"]
    assert list(stop.feed("\n#")) == ["\n\n"]
    assert list(stop.feed("#x")) == ["##x"]
    assert list(stop.feed("##")) == []
    assert list(stop.flush()) == ["##"]


def test_a_longer_string_that_does_not_come_leaves_the_shorter():
    stop = StopAt(["ab", "abcd"], include=True)
    assert list(stop.feed("xabc")) == ["x"]
    assert list(stop.flush()) == ["ab"]
    assert stop.done


def test_a_long_text_of_near_misses():
    stop = StopAt(["a" * 500 + "b"])
    assert "".join(run(stop, "a" * 50_000)) == "a" * 50_000


@pytest.mark.parametrize("strings", [[], "", ["a", ""], None, [1], b"x"])
def test_strings_are_checked(strings):
    with pytest.raises(ConfigurationError, match="StopAt needs"):
        StopAt(strings)
