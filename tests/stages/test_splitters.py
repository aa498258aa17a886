"""Lines, words, paragraphs and their numbers."""

import pytest
from hypothesis import given, strategies as st

from lionpride_trio import ConfigurationError
from lionpride_trio.stages import LineSplitter, ParagraphSplitter, WordCount, WordSplitter
from tests.stages.cutting import made_of, run


def test_only_lf_cr_and_crlf_end_a_line():
    text = "a\nb\r\nc\rd\u2028e\x85f\vg\fh\x1ci\n\r\r\n"
    expected = ["a\n", "b\r\n", "c\r", "d\u2028e\x85f\vg\fh\x1ci\n", "\r", "\r\n"]
    assert run(LineSplitter(), [text]) == run(LineSplitter(), text) == expected


def test_line_ends_may_be_dropped():
    assert run(LineSplitter(keep_ends=False), ["a\n\nb\r", "\nc\r"]) == ["a", "", "b", "c"]


def test_a_cr_waits_for_its_lf():
    lines = LineSplitter()
    assert list(lines.feed("a\r")) == []
    assert list(lines.feed("\n")) == ["a\r\n"]
    assert list(lines.feed("b\r")) == []
    assert list(lines.feed("c")) == ["b\r"]
    assert list(lines.flush()) == ["c"]


def test_a_line_of_exactly_the_bound_is_given():
    assert run(LineSplitter(max_hold=3), "ab\ncd\n") == ["ab\n", "cd\n"]


def test_words_keep_the_white_space_after_them():
    words = ["  \u3000the ", "quick\n\n", "brown\u2028", "fox"]
    assert run(WordSplitter(), ["".join(words)]) == run(WordSplitter(), "".join(words)) == words


def test_a_text_of_white_space_is_one_piece():
    assert run(WordSplitter(), " \n ") == [" \n "]


def test_a_word_is_given_when_the_next_begins():
    words = WordSplitter()
    assert list(words.feed("one ")) == []
    assert list(words.feed(" t")) == ["one  "]
    assert list(words.flush()) == ["t"]


@given(made_of("a", "bc", " ", "\n", "\u2003", "\x1f", "\u200b"))
def test_words_are_those_of_str_split(text):
    assert [word.strip() for word in run(WordSplitter(), text) if word.strip()] == text.split()
    assert run(WordCount(), text) == list(range(1, len(text.split()) + 1))


def test_word_count_counts_a_word_when_it_ends():
    count = WordCount()
    assert list(count.feed("one tw")) == [1]
    assert count.count == 1
    assert list(count.feed("o")) == []
    assert list(count.feed(" three four ")) == [2, 3, 4]
    assert list(count.flush()) == []
    assert count.count == 4


def test_paragraphs_keep_the_blank_lines_after_them():
    paragraphs = ["\n \na\nb\n\n", "  c\r\n \t\r\n\r\n", "d\r\r", "e\n"]
    text = "".join(paragraphs)
    assert run(ParagraphSplitter(), [text]) == run(ParagraphSplitter(), text) == paragraphs


def test_a_paragraph_is_given_with_the_first_character_of_the_next():
    splitter = ParagraphSplitter()
    assert list(splitter.feed("one\n\n  ")) == []
    assert list(splitter.feed("t")) == ["one\n\n"]
    assert list(splitter.feed("wo\r\n\r")) == []
    assert list(splitter.feed("\nx")) == ["  two\r\n\r\n"]


def test_a_text_of_white_space_is_one_paragraph():
    assert run(ParagraphSplitter(), "\n\n \n") == ["\n\n \n"]


@given(made_of("a", "b c", " ", "\n", "\n\n"))
def test_paragraphs_have_no_blank_line_inside(text):
    for paragraph in run(ParagraphSplitter(), [text]):
        assert "" not in [line.strip() for line in paragraph.strip().split("\n")][:-1]


@pytest.mark.parametrize("make", [LineSplitter, WordSplitter, ParagraphSplitter])
@given(st.sampled_from([0, -1, 1.0, "9", None, True]))
def test_max_hold_is_checked(make, value):
    with pytest.raises(ConfigurationError, match="max_hold must be a whole number of at least 1"):
        make(max_hold=value)
