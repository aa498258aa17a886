"""Reasoning between tags, told apart from the answer."""

import pytest

from lionpride_trio import ConfigurationError, ReasoningChunk, TextChunk
from lionpride_trio.stages import ThinkTags
from tests.stages.cutting import run


def split(machine, pieces):
    """The answer and each block of reasoning, joined."""
    answer, blocks = "", {}
    for chunk in run(machine, pieces):
        match chunk:
            case TextChunk(data=text):
                answer += text
            case ReasoningChunk(text=text, block=block):
                blocks[block] = blocks.get(block, "") + text
        assert text
    return answer, blocks


TEXT = "<think>one <think> two</think>answer </think> <th<think>three</think>."
EXPECTED = ("answer </think> <th.", {0: "one <think> two", 1: "three"})


@pytest.mark.parametrize("cut", range(len(TEXT)))
def test_tags_may_be_cut_anywhere(cut):
    assert split(ThinkTags(), [TEXT[:cut], TEXT[cut:]]) == EXPECTED
    assert split(ThinkTags(), TEXT) == EXPECTED


def test_only_what_may_be_a_tag_is_held_back():
    machine = ThinkTags()
    assert list(machine.feed("a < b")) == [TextChunk("a < b")]
    assert list(machine.feed("c <thi")) == [TextChunk("c ")]
    assert list(machine.feed("s")) == [TextChunk("<this")]
    assert list(machine.feed("<<think>r</t")) == [TextChunk("<"), ReasoningChunk(text="r")]
    assert list(machine.flush()) == [ReasoningChunk(text="</t")]


def test_an_unclosed_block_is_reasoning():
    assert split(ThinkTags(), ["<think>never closed"]) == ("", {0: "never closed"})


def test_the_opening_tag_may_stand_in_the_prompt():
    machine = ThinkTags(start_inside=True, strip=True)
    assert split(machine, "\nso\n</think>\n\nHi") == ("Hi", {0: "so"})


def test_other_tags():
    machine = ThinkTags("[THINK]", "[/THINK]")
    assert split(machine, "[THINK]a[/THINK]b[THINK]c") == ("b", {0: "a", 1: "c"})


def test_white_space_is_kept_unless_it_is_to_be_stripped():
    text = " <think>\n a  b \n</think>\n\n c  d <think>\n</think> e \n"
    assert split(ThinkTags(), text) == (" \n\n c  d  e \n", {0: "\n a  b \n", 1: "\n"})
    for pieces in ([text], text):
        assert split(ThinkTags(strip=True), pieces) == ("c  de \n", {0: "a  b"})


def test_of_much_white_space_only_the_end_is_stripped():
    answer, _ = split(ThinkTags(strip=True, max_hold=3), ["a" + " " * 10 + "<think>"])
    assert answer == "a" + " " * 8


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"open": ""}, "ThinkTags needs a non-empty str for open"),
        ({"close": None}, "non-empty str for close"),
        ({"open": "<a> ", "strip": True}, "neither begin nor end with white space"),
        ({"max_hold": 0}, "max_hold"),
    ],
)
def test_options_are_checked(options, match):
    with pytest.raises(ConfigurationError, match=match):
        ThinkTags(**options)
