"""Lines: one that begins a block ends the sentence above it, and one that does not goes on with it."""

from __future__ import annotations

import pytest

from .cases import split


@pytest.mark.parametrize(
    "marked",
    [
        # footnotes and link targets
        "Some words here\n|[1]: https://x.test is it\n",
        "He saw a note\n|[^note]: The note.",
        "He saw\n[a note] there.",
        "He saw the long list of the\n[1] and left.",
        # code and formulas
        "Some words and\n|~~~\n|code here\n|~~~\n|End.",
        "Some words and\n~ so on.",
        "This is\n|$$\n|x = 1\n|$$\n|so.",
        "This is\n|\\[ x = 1 \\]\n|so.",
        "This is\n\\alpha and more.",
        # items
        "The points are\n|(a) one thing\n|(b) another\n",
        "The points are\n(and so on) one thing.",
        "The points are\n|1.) one thing\n|2.) another\n",
        "The points are\n|(1) one thing\n|(2) another\n",
        "It was counted as a whole, and\n12345 places.",
        "It was\n1.5 times as much.",
        # headings and what underlines one
        "A title\n|====\n|Some text.",
        "It was\n= 5 and more.",
        "Some words\n|### A title\n|Some text.",
    ],
)
def test_a_line_that_begins_a_block_ends_the_sentence_above(marked):
    text = marked.replace("|", "")
    assert [str(piece) for piece in split(text)] == marked.split("|")
