"""The laws that hold for every stage on text, however its input is cut."""

import pytest
from hypothesis import given, settings, strategies as st

from lionpride_trio import LimitExceeded, LocalProtocolError, ReasoningChunk, TextChunk
from lionpride_trio.stages import (
    BufferChars,
    BufferCount,
    JSONEvent,
    JSONValues,
    Keep,
    LineSplitter,
    MapEach,
    MarkdownBlockSplitter,
    ParagraphSplitter,
    PartialJSON,
    Redact,
    StopAt,
    Take,
    Tap,
    ThinkTags,
    WordCount,
    WordSplitter,
)
from tests.stages.cutting import cut, made_of, outcome, run

WHITE = [
    "a",
    "bc",
    " ",
    "  ",
    "\t",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\u2028",
    "\x85",
    "\u3000",
    "\v",
    "é",
]
MARKDOWN = [
    "# ", "## h", "a", "text", "\n", "\n", "\n\n", "\r\n", "\r", " ", "    ", "\t", "- ", "* ", "+",
    "1. ", "2) ", "> ", "```", "```py", "~~~", "---", "===", "|", "| a | b |", "|-|-|", "<div>",
    "<!--", "-->", "<b>", "***",
]  # fmt: skip
JSON = [
    "{", "}", "[", "]", ":", ",", '"', '"a"', '"k": ', "1", "-", "0", ".5", "e9", "true", "tru",
    "null", "NaN", "-Infinity", "\\", "\\n", "\\u00e9", "\\ud83d", "\\ude00", "\\u", " ", "\n", "x",
    "\x01", "see ",
]  # fmt: skip

TEXT_MACHINES = {
    "buffer": (lambda: BufferChars(3), WHITE),
    "lines": (LineSplitter, WHITE),
    "lines without ends": (lambda: LineSplitter(keep_ends=False), WHITE),
    "lines, bounded": (lambda: LineSplitter(max_hold=4), WHITE),
    "words": (WordSplitter, WHITE),
    "words, bounded": (lambda: WordSplitter(max_hold=4), WHITE),
    "word count": (WordCount, WHITE),
    "paragraphs": (ParagraphSplitter, WHITE),
    "paragraphs, bounded": (lambda: ParagraphSplitter(max_hold=6), WHITE),
    "markdown": (MarkdownBlockSplitter, MARKDOWN),
    "markdown, bounded": (lambda: MarkdownBlockSplitter(max_hold=12), MARKDOWN),
    "think": (ThinkTags, ["<think>", "</think>", "<", "</thi", "think>", "a", " ", "\n"]),
    "think, stripped": (
        lambda: ThinkTags("<t>", "</t>", strip=True, max_hold=3),
        ["<t>", "</t>", "<", "/", "t", "a", " ", "\n", "     "],
    ),
    "stop": (lambda: StopAt(["aab", "ab", "bb"]), ["a", "b", "c"]),
    "stop, included": (lambda: StopAt(["a", "aba", "bab"], include=True), ["a", "b", "c"]),
    "json": (JSONValues, JSON),
    "json, bounded": (lambda: JSONValues(max_hold=8), JSON),
    "json in prose": (lambda: JSONValues(skip_prose=True), JSON),
    "json in prose, bounded": (lambda: JSONValues(skip_prose=True, max_hold=8), JSON),
    "partial json": (PartialJSON, JSON),
    "partial json, lenient": (lambda: PartialJSON(allow_partial=True), JSON),
    "redact": (lambda: Redact(r"a+b|\bc$"), ["a", "b", "c", " ", "\n"]),
    "redact strings": (lambda: Redact(["ab", "abba", "b"]), ["a", "b", "c"]),
}
ITEM_MACHINES = {
    "map": lambda: MapEach(str.upper),
    "keep": lambda: Keep(str.strip),
    "take": lambda: Take(100),
    "tap": lambda: Tap(len),
    "count": lambda: BufferCount(2),
}
# Stages that promise what they give, and not in which pieces.
IN_PIECES = {"think", "think, stripped", "stop", "stop, included", "redact", "redact strings"}
LOSSLESS = ["buffer", "lines", "words", "paragraphs", "markdown"]


def meaning(name, given):
    """The items of *given*, with the pieces joined that may come in any number."""
    joined = []
    for out in given:
        match out, joined:
            case JSONEvent(kind="append"), [*_, JSONEvent(kind="append")]:
                joined[-1] = JSONEvent(out.path, "append", joined[-1].value + out.value)
            case TextChunk(), [*_, TextChunk()]:
                joined[-1] = TextChunk(joined[-1].data + out.data)
            case ReasoningChunk(), [*_, ReasoningChunk()] if joined[-1].block == out.block:
                joined[-1] = ReasoningChunk(text=joined[-1].text + out.text, block=out.block)
            case str(), [*_, str()] if name in IN_PIECES:
                joined[-1] += out
            case _:
                joined.append(out)
    return [repr(out) for out in joined]


@pytest.mark.parametrize("name", TEXT_MACHINES)
@given(st.data())
@settings(max_examples=150)
def test_the_output_is_the_same_however_the_text_is_cut(name, data):
    make, parts = TEXT_MACHINES[name]
    text, pieces = data.draw(cut(made_of(*parts) | st.text(max_size=20)))
    expected, error = outcome(make(), [text])
    for cutting in (pieces, text):
        actual, actual_error = outcome(make(), cutting)
        assert (meaning(name, actual), actual_error) == (meaning(name, expected), error)


@pytest.mark.parametrize("name", LOSSLESS)
@given(st.data())
def test_the_pieces_joined_are_the_text(name, data):
    make, parts = TEXT_MACHINES[name]
    text, pieces = data.draw(cut(made_of(*parts) | st.text(max_size=40)))
    given = run(make(), pieces)
    assert "".join(given) == text
    assert all(given)


@pytest.mark.parametrize("name", [*TEXT_MACHINES, *ITEM_MACHINES])
def test_flush_is_final(name):
    machine = (TEXT_MACHINES[name][0] if name in TEXT_MACHINES else ITEM_MACHINES[name])()
    machine.feed("[1]" if "json" in name else "ab")
    machine.flush()
    assert list(machine.flush()) == []
    with pytest.raises(LocalProtocolError, match=f"make a fresh {type(machine).__name__}"):
        machine.feed("a")


# An empty text is no JSON document.
@pytest.mark.parametrize("name", [name for name in TEXT_MACHINES if name != "partial json"])
def test_nothing_gives_nothing(name):
    assert run(TEXT_MACHINES[name][0](), ["", ""]) == []


@pytest.mark.parametrize("name", [name for name in TEXT_MACHINES if "bounded" not in name])
def test_two_machines_do_not_share_state(name):
    make, _ = TEXT_MACHINES[name]
    text = '["x"]' if "json" in name else "ab <t>\n\nc aab"
    alone = outcome(make(), text)
    one, other = make(), make()
    given = ([], [])
    for char in text:
        for machine, out in zip((one, other), given, strict=True):
            out.extend(machine.feed(char))
    for machine, out in zip((one, other), given, strict=True):
        out.extend(machine.flush())
        assert (meaning("", out), None) == (meaning("", alone[0]), alone[1])


@pytest.mark.parametrize(
    ("make", "text", "whole"),
    [
        (lambda: LineSplitter(max_hold=10), "ab\ncd\n" + "x" * 11, ["ab\n", "cd\n"]),
        (lambda: WordSplitter(max_hold=10), "ab cd " + "x" * 11, ["ab ", "cd "]),
        (lambda: ParagraphSplitter(max_hold=10), "ab\n\n" + "x" * 11, ["ab\n\n"]),
        (lambda: MarkdownBlockSplitter(max_hold=10), "ab\n\n```" + "\n" * 11, ["ab\n\n"]),
        (lambda: JSONValues(max_hold=10), "[1] " + "[" + " " * 10, [[1]]),
    ],
)
def test_whole_items_are_given_before_the_bound_is_an_error_and_the_error_stays(make, text, whole):
    machine = make()
    assert list(machine.feed(text)) == whole
    for call in (lambda: machine.feed("x"), machine.flush, machine.flush):
        with pytest.raises(LimitExceeded, match="longer than max_hold=10") as caught:
            call()
        assert (caught.value.limit, caught.value.value) == ("max_hold", 10)


@pytest.mark.parametrize(
    ("make", "text"),
    [(lambda: JSONValues(max_hold=9), "[" + " " * 9), (lambda: LineSplitter(max_hold=9), "x" * 10)],
)
def test_without_whole_items_the_error_is_raised_at_once(make, text):
    with pytest.raises(LimitExceeded):
        make().feed(text)
