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
    for same in (copy.copy(block), pickle.loads(pickle.dumps(block))):
        assert (same, same.kind) == (block, "heading")
