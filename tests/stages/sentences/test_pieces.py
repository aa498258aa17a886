"""The pieces that come out: markdown, kinds, options."""

from __future__ import annotations

import pytest

from lionpride_trio.stages.sentences import SentenceSplitter

from .cases import split

ANSWER = """\
Here is how. It is easy:

# Set up
1. Install it. Use `pip`.
2. Run:

```py
import a

print("Done. Bye")
```

| a | b |
|---|---|

$$
x = 1. Y
$$
> Quoted. Twice.

- [x] Done
The end"""


def kinds(text: str, **options) -> list[tuple[str, str]]:
    return [(str(piece), piece.kind) for piece in split(text, **options)]


def test_every_piece_says_what_it_is():
    assert kinds(ANSWER) == [
        ("Here is how. ", "prose"),
        ("It is easy:\n\n", "prose"),
        ("# Set up\n", "heading"),
        ("1. Install it. ", "item"),
        ("Use `pip`.\n", "item"),
        ("2. Run:\n\n", "item"),
        ("```py\n", "code"),
        ("import a\n", "code"),
        ('\nprint("Done. Bye")\n', "code"),
        ("```\n\n", "code"),
        ("| a | b |\n", "table"),
        ("|---|---|\n\n", "table"),
        ("$$\n", "code"),
        ("x = 1. Y\n", "code"),
        ("$$\n", "code"),
        ("> Quoted. ", "prose"),
        ("Twice.\n\n", "prose"),
        ("- [x] Done\n", "item"),
        ("The end", "prose"),
    ]


def test_code_may_come_as_one_piece():
    assert [text for text, kind in kinds(ANSWER, code="block") if kind == "code"] == [
        '```py\nimport a\n\nprint("Done. Bye")\n```\n\n',
        "$$\nx = 1. Y\n$$\n",
    ]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("````\n```\nA. B\n````\nEnd. A", ["````\n", "```\n", "A. B\n", "````\n", "End. ", "A"]),
        ("~~~ py\na\n```\n~~~\nEnd", ["~~~ py\n", "a\n", "```\n", "~~~\n", "End"]),
        ("- a:\n  ```\n  b\n  ```\n- c", ["- a:\n", "  ```\n", "  b\n", "  ```\n", "- c"]),
        ("\\[\na. B\n\\]\nSo it is.", ["\\[\n", "a. B\n", "\\]\n", "So it is."]),
        ("$$ a. B $$\nSo it is.", ["$$ a. B $$\n", "So it is."]),
        ("```not. A fence``` but code", ["```not. A fence``` but code"]),
    ],
)
def test_a_fence_ends_where_it_should(text, pieces):
    assert split(text) == pieces


def test_an_open_back_tick_ends_with_its_line_or_after_a_while():
    assert split("A ` b. C\nSee. You") == ["A ` b. C\n", "See. ", "You"]
    text = "A `b " + "c " * 250 + "d. It ends."
    assert split(text)[1:] == ["It ends."]


def test_white_space_stays_with_the_piece_before_it():
    assert split("\n\n One.  Two.\n\n\n\nThree.\t") == ["\n\n One.  ", "Two.\n\n", "\n\nThree.\t"]


def test_indentation_belongs_to_its_line():
    assert split("- a\n  - b\n    - c") == ["- a\n", "  - b\n", "    - c"]


def test_only_white_space():
    assert split(" \n\n \n") == [" \n\n \n"]


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        ("It works.", True),
        ('It works."', True),
        ("It works", False),
        ("It works\n", True),
        ("# Title", True),
        ("```\na\n```", True),
        ("```\na", False),
        ("你好。", True),
    ],
)
def test_a_flush_in_the_middle_is_told(text, complete):
    assert split(text)[-1].complete is complete


def test_start_is_the_offset_in_the_stream():
    assert [piece.start for piece in split("One. Two.\n\nThree")] == [0, 5, 11]


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("one two three four", 9, ["one two ", "three ", "four"]),
        ("one, two three four", 12, ["one, ", "two three ", "four"]),
        ("It works. And so on it goes", 12, ["It works. ", "And so on ", "it goes"]),
        ("aaaaaaaaaa", 4, ["aaaa", "aaaa", "aa"]),
        ("aaae\u0301a", 4, ["aaa", "e\u0301a"]),
        ("aa👩\u200d💻b", 4, ["aa", "👩\u200d💻b"]),
        ("一二三，四五六七", 6, ["一二三，", "四五六七"]),
        ("a\nb c d e f", 8, ["a\n", "b c d e ", "f"]),
    ],
)
def test_max_chars_cuts_at_the_best_place(text, limit, pieces):
    found = split(text, max_chars=limit)
    assert found == pieces
    assert all(len(piece) <= limit for piece in found)


def test_a_cut_by_max_chars_is_not_complete():
    assert [piece.complete for piece in split("One. two three four five.", max_chars=12)] == [
        *[False] * 2,
        True,
    ]


def test_the_first_piece_may_be_a_clause():
    text = "If you want to know, ask me, or anyone. Then go, if you like."
    assert split(text, first="clause") == [
        "If you want to know, ",
        "ask me, or anyone. ",
        "Then go, if you like.",
    ]
    assert not split(text, first="clause")[0].complete


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Sure, I can do that. Yes, now.", "Sure, I can do that. "),
        ("Sure! That is, in a way, it. Yes", "Sure! "),
        ("It costs about 1,000 dollars, so wait.", "It costs about 1,000 dollars, "),
        ("# A long heading here, yes\nText", "# A long heading here, yes\n"),
        ("如果你想知道这件事，请问我。", "如果你想知道这件事，"),
        ("Use `a b c d e, f g` now. Yes", "Use `a b c d e, f g` now. "),
    ],
)
def test_where_the_first_clause_ends(text, first):
    assert split(text, first="clause")[0] == first


def test_the_repr_and_text_of_a_piece_are_those_of_its_text():
    assert repr(split("Hi. You")) == "['Hi. ', 'You']"


def test_feed_gives_nothing_for_text_without_a_mark():
    assert SentenceSplitter().feed("some words") == ()


def test_a_long_formula_on_one_line_opens_nothing():
    formula = "\\[ " + " + ".join(f"x_{n}^2" for n in range(30)) + " = 1, \\]\n"
    text = formula + "so it holds. It does. Yes."
    assert split(text) == [formula, "so it holds. ", "It does. ", "Yes."]


def test_a_formula_ends_at_a_blank_line_though_it_was_not_closed():
    pieces = split("$$\na. B = 2\n\nIt holds. It does.")
    assert [piece.lstrip() for piece in pieces[-2:]] == ["It holds. ", "It does."]
    assert pieces[-1].kind == "prose"


def test_a_long_last_line_closes_a_formula():
    line = "a + " * 40 + "b $$\n"
    pieces = split(f"$$\n{line}It holds. It does.")
    assert [piece.kind for piece in pieces] == ["code", "code", "prose", "prose"]
