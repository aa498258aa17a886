"""Lines are broken between words, by cells, however the text came."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st
from rich.cells import cell_len

from lionpride_trio.cli._wrap import WordWrap, wrapped

ALPHABET = st.sampled_from([
    *"ab, .\n\t(）。「日本かィ한국",
    "👍🏽",
    "e\u0301",
    "👩‍👩‍👧",
    "\u3000",
    "❤️",
])
TEXTS = st.lists(ALPHABET, max_size=80).map("".join)


def in_pieces(text, cuts, width):
    wrap = WordWrap(lambda: width)
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    pieces = [text[one:other] for one, other in pairwise(places)]
    return "".join([*map(wrap.feed, pieces), wrap.flush()])


@given(TEXTS, st.lists(st.integers(0, 200)), st.integers(1, 40))
def test_it_does_not_matter_how_the_text_came(text, cuts, width):
    assert in_pieces(text, cuts, width) == wrapped(text, width)


@given(TEXTS, st.integers(1, 40))
def test_nothing_but_blanks_is_lost_or_made(text, width):
    assert "".join(wrapped(text, width).split()) == "".join(text.split())


@given(st.lists(st.text("abc日本é", min_size=1, max_size=12)), st.integers(12, 60))
def test_no_line_is_too_wide(words, width):
    text = " ".join(words)
    longest = max(map(cell_len, text.split(" ")))
    assert all(cell_len(line) <= max(width, longest) for line in wrapped(text, width).split("\n"))


@given(st.lists(st.text("abcä-/.,", min_size=1, max_size=50)), st.integers(1, 60))
def test_no_word_is_split(words, width):
    assert wrapped(" ".join(words), width).split() == words


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 8, ["one two", "three"]),
        ("one  two", 8, ["one  two"]),
        ("exactly\nten cells", 9, ["exactly", "ten cells"]),
        # The blanks at a break vanish; those at the beginning of a line are its indentation.
        ("one    two", 5, ["one", "two"]),
        ("  indented by two", 10, ["  indented", "by two"]),
        ("      narrow", 8, ["  narrow"]),
        ("a\tb", 20, ["a       b"]),
        ("\tb", 20, ["        b"]),
        # An address stays whole, so that it can be copied.
        ("see http://x.example/yz ok", 8, ["see", "http://x.example/yz ok"]),
        ("see http://x.example/yz okay", 8, ["see", "http://x.example/yz okay"]),
        ("see http://x.example/yz okays", 8, ["see", "http://x.example/yz", "okays"]),
        ("see http://x.example/yz ok", 12, ["see", "http://x.example/yz ok"]),
        # Wide characters count two cells, marks and joined signs nothing of their own.
        ("日本の首都は東京です", 8, ["日本の首", "都は東京", "です"]),
        ("これは「本」。あ", 8, ["これは", "「本」。", "あ"]),
        ("가나다 라마바", 7, ["가나다", "라마바"]),
        ("e\u0301e\u0301 e\u0301e\u0301", 5, ["e\u0301e\u0301 e\u0301e\u0301"]),
        ("👩‍👩‍👧👍🏽 ❤️", 7, ["👩‍👩‍👧👍🏽 ❤️"]),
        ("👩‍👩‍👧👍🏽 ❤️", 6, ["👩‍👩‍👧👍🏽", "❤️"]),
        ("no\u00a0break here", 8, ["no\u00a0break", "here"]),
    ],
)
def test_lines(text, width, lines):
    assert wrapped(text, width).split("\n") == lines


def test_a_word_is_shown_when_it_is_known_to_be_whole():
    wrap = WordWrap(lambda: 20)
    assert [wrap.feed(piece) for piece in ("He", "llo", " wor", "ld", ".\n", "and")] == [
        *("", "", "Hello", "", " world.\n", "")
    ]
    assert wrap.flush() == "and"


def test_a_word_wider_than_the_terminal_is_not_held():
    wrap = WordWrap(lambda: 10)
    assert wrap.feed("an " + "x" * 11) == "an\n" + "x" * 11
    assert wrap.feed("y") == "y"
    assert wrap.feed(" 1234567 ") == " 1234567"
    assert len(wrap.feed("\u0301" * 2000)) > 1000


def test_the_terminal_may_be_resized_meanwhile():
    width = 20
    wrap = WordWrap(lambda: width)
    shown = wrap.feed("one two three ")
    width = 5
    assert shown + wrap.feed("four five ") == "one two three\nfour\nfive"
