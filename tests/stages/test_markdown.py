"""Markdown in blocks."""

import copy
import pickle

import pytest

from lionpride_trio.stages import MarkdownBlock, MarkdownBlockSplitter
from tests.stages.cutting import run


def blocks(pieces):
    return [(str(block), block.kind) for block in run(MarkdownBlockSplitter(), pieces)]


CASES = {
    "paragraphs": [("one\ntwo\n\n", "paragraph"), ("three", "paragraph")],
    "leading blank lines": [("\n \n# a\n", "heading")],
    "headings": [
        ("# a\n", "heading"), ("text\n", "paragraph"), ("### b ###\n\n", "heading"),
        ("#no heading\n", "paragraph"),
    ],
    "underlined headings": [("a\nb\n===\n", "heading"), ("c\n---\n", "heading"), ("---\n", "rule")],
    "rules": [("***\n", "rule"), ("- - -\n", "rule"), ("_ _ _\n", "rule")],
    "a fence and what looks like blocks inside": [
        ("```py\n\n# no\n\n- no\n``\n~~~\n```\n\n", "code"), ("after", "paragraph"),
    ],
    "a fence of tildes": [("~~~~ a`b\n~~~\n```\n~~~~~\n", "code"), ("x", "paragraph")],
    "a fence that is never closed": [("a\n", "paragraph"), ("```\nx\n\ny\n", "code")],
    "back-ticks in a line are no fence": [("```x``` y\nz", "paragraph")],
    "indented code": [("    a\n\n     b\n\n", "code"), ("text\n    not code\n", "paragraph")],
    "lists": [("- a\n- b\n\n  more\n\n- c\n\n", "list"), ("text", "paragraph")],
    "nested lists": [("1. a\n   - b\n\n     c\n2. d\n", "list")],
    "another marker is another list": [("- a\n", "list"), ("* b\n", "list"), ("1) c\n", "list")],
    "a fence in a list": [("- a:\n  ```\n\nx\n\n  ```\n- b\n", "list")],
    "a fence on an item's line": [("1. ```\n\n   x\n   ```\n", "list")],
    "a year is no list": [("It was in\n1986. A year.\n", "paragraph")],
    "a list may interrupt a paragraph": [("See:\n", "paragraph"), ("- a\n", "list")],
    "a heading ends a list": [("- a\n", "list"), ("# b\n", "heading")],
    "a rule between lists": [("* a\n", "list"), ("* * *\n", "rule"), ("* b\n", "list")],
    "quotes": [("> a\nlazy\n> b\n\n", "quote"), ("> c\n", "quote"), ("# d", "heading")],
    "a fence in a quote": [("> ```\n> a\n>\n> ```\n\n", "quote"), ("b", "paragraph")],
    "tables": [("| a | b |\n|---|:-:|\n| 1 | \\| |\n\n", "table"), ("x", "paragraph")],
    "a table after text": [("text\n", "paragraph"), ("a|b\n-|-\n1|2\n", "table")],
    "too few columns for a table": [("a | b | c\n-|-\n", "paragraph")],
    "html": [("<div>\n*a*\n</div>\n\n", "html"), ("b <i>c</i>\n", "paragraph")],
    "html comments": [("<!-- a\n\nb -->\n", "html"), ("c\n", "paragraph")],
    "html that is closed on its line": [("<!-- a -->\n", "html"), ("b\n", "paragraph")],
    "a tag alone": [("<x-y a='b'>\n", "html")],
    "white space alone": [("\n  \n", "blank")],
    # A quote goes on without its mark only where a paragraph is open in it.
    "a blank line in a quote ends its paragraph": [
        ("> Note\n>\n", "quote"), ("Next para\n", "paragraph"),
    ],
    "a heading in a quote": [("> ## T\n", "quote"), ("Body\n", "paragraph")],
    "an open fence in a quote": [("> ```\n", "quote"), ("x\n", "paragraph")],
    "code in a quote": [(">     c\n", "quote"), ("    d\n", "code")],
    "an empty quote": [(">\n", "quote"), ("===\n", "paragraph")],
    "a lazy line in a list in a quote": [("> - a\nlazy\n> b\n", "quote")],
    "a lazy line in quotes in a quote": [("> > a\nlazy\n> b\n", "quote")],
    "a lazy line after nothing": [("> > a\n>\n", "quote"), ("b\n", "paragraph")],
    "a second item after a quote": [("> q\n", "quote"), ("2. second\n", "list")],
    "a tenth item after a quote": [("> q\n", "quote"), ("10. z\n", "list")],
    "an empty item after a quote": [("> q\n", "quote"), ("-\n", "list")],
    "a tag after a quote is lazy": [("> q\n<b>x</b>\n", "quote")],
    "a list after a table": [
        ("| a | b |\n|---|---|\n| 1 | 2 |\n", "table"), ("2. x\n", "list"),
    ],
    "code after a table": [("| a |\n|---|\n", "table"), ("    code\n", "code")],
    "text goes on a table": [("| a |\n|---|\ntext\n", "table")],
    # So does a list, where it is not indented.
    "a heading in a list": [("- # h\n", "list"), ("text\n", "paragraph")],
    "an empty item": [("-\n", "list"), ("text\n", "paragraph")],
    "an item that begins with two blank lines": [("-\n\n", "list"), ("  foo\n", "paragraph")],
    "code in a list": [("-     c\n", "list"), ("text\n", "paragraph")],
    "a lazy line in a list": [("- a\nlazy\n- b\n", "list")],
    "a lazy line in a list in a list": [("- a\n  - b\nlazy\n", "list")],
    "indented less than a long mark": [("10. z\n\n", "list"), ("   ind3\n", "paragraph")],
    "indented as a long mark": [("10. z\n\n    ind4\n", "list")],
    "indented less than far text": [("-    foo\n\n", "list"), ("  bar\n", "paragraph")],
    "a tab after a mark": [("-\tfoo\n\n    bar\n", "list")],
    "a first item that is deeper": [("  - b\n- a\n  ```py\n  x\n  ```\n- c\n", "list")],
    "items that go in step by step": [("- a\n - b\n  - c\n   - d\n", "list")],
    "an item of another kind that is not indented more": [("  1. a\n", "list"), ("  - b\n", "list")],
    # Kept together where CommonMark cuts.
    "a fence in an item, not indented": [("- ```\ntext\n\n# x\n```\n- b\n", "list")],
    "a fence in an item of an item, not indented": [("- - ```\ntext\n```\n", "list")],
    "an item indented by two": [("1. a\n  - b\n    c\n2. d\n", "list")],
    "an item indented by two after a blank line": [("10. a\n\n   - b\n\n11. c\n", "list")],
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_case_whole_and_character_by_character(name, end):
    expected = [(text.replace("\n", end), kind) for text, kind in CASES[name]]
    text = "".join(text for text, _ in expected)
    assert blocks([text]) == blocks(text) == expected


def test_a_block_is_given_with_the_first_character_that_cannot_belong_to_it():
    splitter = MarkdownBlockSplitter()
    assert list(splitter.feed("one\n\n  ")) == []
    assert [b.kind for b in splitter.feed("t")] == ["paragraph"]
    assert [b.kind for b in splitter.feed("wo\n\n- a\n\n  b\n\n")] == ["paragraph"]
    assert [b.kind for b in splitter.feed("x")] == ["list"]
    assert [b.kind for b in splitter.feed("\n\n```\ncode\n```\n#")] == ["paragraph", "code"]


def test_a_block_is_a_str():
    block = MarkdownBlock("# a\n", "heading")
    assert block == "# a\n"
    assert repr(block) == "MarkdownBlock('# a\\n', 'heading')"
    assert repr(MarkdownBlock("a", complete=False)) == (
        "MarkdownBlock('a', 'paragraph', complete=False)"
    )
    for same in (copy.copy(block), pickle.loads(pickle.dumps(block))):
        assert (same, same.kind, same.complete) == (block, "heading", True)


def test_a_block_that_was_never_closed_is_not_complete():
    for text, complete in [
        ("```\nx\n", False),
        ("```\nx\n```\n", True),
        ("- ```\nx\n", False),
        ("<!-- x\n", False),
        ("> ```\n", True),
        ("text", True),
    ]:
        assert [block.complete for block in run(MarkdownBlockSplitter(), [text])] == [complete]


def test_what_is_nested_too_deep_is_text():
    deep = "> " * 10_000 + "x\n" + "1. " * 10_000 + "y\n"
    assert [kind for _, kind in blocks([deep])] == ["quote", "list"]
