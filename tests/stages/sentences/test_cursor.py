"""The window over a text: a sentence may be longer, and is decided as any other."""

from __future__ import annotations

import pytest

from lionpride_trio.stages.sentences import SentenceSplitter
from lionpride_trio.stages.sentences._cursor import WINDOW

from .cases import split

LONG = "word, " * WINDOW  # six windows


@pytest.mark.parametrize(
    "marked",
    [
        f"{LONG}end. |Then more.",
        f"   {LONG}end? |Then more.",
        f"One. |The {LONG}end. |Then more. |The {LONG}end.",
        f"({LONG}end). |Then more.",
        f"“{LONG}end.” |Then more.",
        f"Use `{LONG}x. More` here. |Then more.",
        f"Use `{LONG}` and `x. Y` here. |Then more.",
        f"1. {LONG}end. |2. {LONG}end. |3. Then more.",
        f"A. {LONG}Mr. Smith. |B. Then more.",
        f"He said\n{LONG}end. |Then more.\n\n|- {LONG}end\n|- item",
        f"# {LONG}title\n|Then more.",
    ],
)
@pytest.mark.parametrize("size", [1, 50, WINDOW, 10**6])
def test_a_sentence_longer_than_the_window_is_one(marked, size):
    text = marked.replace("|", "")
    splitter = SentenceSplitter()
    pieces = [
        piece for at in range(0, len(text), size) for piece in splitter.feed(text[at : at + size])
    ]
    pieces += splitter.flush()
    assert [str(piece) for piece in pieces] == [str(piece) for piece in split(text)]
    assert [str(piece) for piece in pieces] == marked.split("|")
    starts = [sum(map(len, pieces[:n])) for n in range(len(pieces))]
    assert [piece.start for piece in pieces] == starts
