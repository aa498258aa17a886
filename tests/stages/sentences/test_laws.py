"""The promises: lossless, the same however it was cut, bounded, final."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from lionpride_trio._errors import ConfigurationError, LimitExceeded, LocalProtocolError
from lionpride_trio.stages.sentences import Sentence, SentenceSplitter

from .cases import split

BITS = [
    *".!?…。！？।۔\n`'\"”»«)]}*_#|>-–—,:;•⁃「」と中（）“([<ΩԱ։\0\u200d\u0301\xa0\t\r",
    *[
        "```",
        "~~~",
        "$$",
        "1.",
        "2.",
        "10.",
        "a.",
        "b.",
        "1)",
        "2)",
        "Mr.",
        "e.g.",
        "U.S.",
        "p.m.",
        "No.",
        "Fig.",
        "etc.",
        "z.",
        "B.",
        "I.",
        "J.",
    ],
    *[
        "The",
        "the",
        "World",
        "world",
        "iPhone",
        "3.5",
        "12.",
        "[1]",
        "</b>",
        "<b>",
        "a@b.c/d?e=f",
        "...",
        ". . .",
        "\r\n",
        "\n\n",
        "👍",
        "](https://a.b/c)",
        " [4]",
        "macOS",
        "npm",
        "foo.bar",
        "Step",
        "said",
        "母亲问",
        "他说",
        "这样的",
        "という",
        "\\[",
        "\\]",
    ],
    *(" ", " ", " ", "  ", "\n", " " * 70, "." * 70, '"' * 30, "`" * 30, "word " * 30, "x" * 300),
]
SHORT = st.lists(
    st.sampled_from([
        "hi",
        "Hi",
        "it",
        "IT",
        "we",
        "no",
        "ok.",
        "up.",
        "Hi.",
        "in?",
        "there",
        "is.",
    ]),
    max_size=30,
).map(" ".join)
TEXTS = st.lists(st.sampled_from(BITS) | st.just(" "), max_size=60).map("".join) | st.builds(
    lambda before, after: "x" * before + f". {after}", st.integers(0, 900), SHORT
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "language": st.sampled_from(["en", "de", "fr", "pl", "ja", "ko"]),
        "max_chars": st.sampled_from([1, 2, 7, 40, 900]),
        "first": st.just("clause"),
        "code": st.just("block"),
    },
)


def described(pieces: list[Sentence]) -> list[tuple[str, str, int, bool]]:
    return [(str(piece), piece.kind, piece.start, piece.complete) for piece in pieces]


def fed(parts: list[str], options: dict[str, Any]) -> list[Sentence]:
    splitter = SentenceSplitter(**options)
    out = [piece for part in parts for piece in splitter.feed(part)]
    return [*out, *splitter.flush()]


@given(TEXTS, OPTIONS)
@settings(deadline=None)
def test_the_pieces_joined_are_the_input(text, options):
    pieces = split(text, **options)
    assert "".join(pieces) == text
    assert [piece.start for piece in pieces] == [
        0,
        *itertools.accumulate(len(piece) for piece in pieces),
    ][: len(pieces)]
    assert all(pieces)


@given(TEXTS, OPTIONS, st.data())
@settings(deadline=None, max_examples=300)
def test_the_output_does_not_depend_on_the_cuts(text, options, data):
    whole = described(split(text, **options))
    assert described(fed(list(text), options)) == whole
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12)))
    parts = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
    assert described(fed(parts, options)) == whole


@given(TEXTS, OPTIONS)
@settings(deadline=None)
def test_a_piece_is_never_longer_than_max_chars(text, options):
    options = {"max_chars": 7} | options
    assert all(len(piece) <= options["max_chars"] for piece in split(text, **options))


@given(TEXTS)
@settings(deadline=None)
def test_a_decision_needs_a_bounded_number_of_characters(text):
    """160 letters later, every boundary in the text is out without a flush."""
    padded = text + "x" * 160
    splitter = SentenceSplitter()
    out = splitter.feed(padded)
    final = [piece for piece in split(padded) if piece.start + len(piece) <= len(text)]
    assert described(list(out[: len(final)])) == described(final)


@given(TEXTS, st.integers(0, 200))
@settings(deadline=None)
def test_a_flush_anywhere_gives_all_that_was_fed(text, at):
    assert "".join(fed([text[:at]], {})) == text[:at]


def test_a_flush_is_final():
    splitter = SentenceSplitter()
    splitter.feed("One. Two")
    assert list(splitter.flush()) == ["Two"]
    assert list(splitter.flush()) == []
    with pytest.raises(LocalProtocolError, match=r"make a fresh SentenceSplitter\(\)"):
        splitter.feed("x")


def test_two_splitters_share_nothing():
    one, two = SentenceSplitter(), SentenceSplitter()
    one.feed("```\nopen")
    assert list(two.feed("Hello there. How are you? ")) == ["Hello there. "]


def test_nothing_in_nothing_out():
    assert split("") == []
    assert list(SentenceSplitter().feed("")) == []


def test_what_is_held_back_is_bounded_and_an_error_loses_nothing():
    splitter = SentenceSplitter(max_hold=20)
    assert list(splitter.feed("One. Two. " + "X" * 40)) == ["One. ", "Two. "]
    with pytest.raises(LimitExceeded) as caught:
        splitter.flush()
    assert (caught.value.limit, caught.value.value) == ("max_hold", 20)
    with pytest.raises(LimitExceeded):
        splitter.feed("x")


def test_a_long_sentence_without_a_mark_comes_whole():
    text = "word " * 50_000
    splitter = SentenceSplitter()
    for at in range(0, len(text), 7):
        assert not splitter.feed(text[at : at + 7])
    assert list(splitter.flush()) == [text]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"language": "english"}, 'such as "en"'),
        ({"language": ""}, 'such as "en"'),
        ({"language": 3}, 'such as "en"'),
        ({"max_chars": 0}, "max_chars must be a whole number of at least 1"),
        ({"max_chars": True}, "max_chars must be a whole number of at least 1"),
        ({"max_hold": 0}, "max_hold must be a whole number of at least 1"),
        ({"first": "word"}, 'first="clause"'),
        ({"code": "blocks"}, 'code="block"'),
    ],
)
def test_a_bad_option_says_what_to_write(options, message):
    with pytest.raises(ConfigurationError, match=message):
        SentenceSplitter(**options)


def test_a_sentence_is_a_str_that_can_be_pickled():
    piece = split("# Title\nText.")[0]
    again = pickle.loads(pickle.dumps(piece))
    assert described([again]) == described([piece]) == [("# Title\n", "heading", 0, True)]
    assert piece == "# Title\n"
    assert hash(piece) == hash("# Title\n")
    assert piece.strip() == "# Title"
