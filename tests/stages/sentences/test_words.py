"""Ordinary words end sentences, whatever other languages abbreviate so.

`data/words.txt` has the commonest short words of thirty languages, from the frequency lists of
wordfreq: a code, a bar, and words.  Each is put before a number and before a name.
"""

from __future__ import annotations

import pytest

from lionpride_trio.stages.sentences.tables import LANGUAGES

from .cases import DATA, split

FRAMES = ("Lorem ipsum dolor {}. 3 sit amet.", "Lorem ipsum dolor {}. Peter sit amet.")

WORDS = {
    language: found.split()
    for language, found in (
        line.split("|") for line in (DATA / "words.txt").read_text("utf-8").splitlines()
    )
}

ABBREVIATED = {
    *[
        "km",
        "cm",
        "mm",
        "kg",
        "dr",
        "vs",
        "ca",
        "tel",
        "ex",
        "no",
        "jan",
        "ul",
        "dvs",
        "tbk",
        "sm",
        "wk",
        "ft",
        "tl",
        "pt",
        "dk",
        "hp",
        "st",
        "мм",
    ],  # everywhere
    *[
        "spd",
        "svt",
        "sd",
        "nrk",
        "frp",
        "vm",
        "vg",
        "čr",
        "smp",
        "рф",
        "ссср",
        "срср",
        "мвс",
        "νδ",
        "sr",
    ],  # acronyms, written small by wordfreq
}
"""Words that stand in the lists because they are abbreviations."""

KEPT_WITH_NUMBERS = {
    # Abbreviations before a number in one language, and words in another that seldom end a
    # sentence before one.  The words before them tell most of these cases apart.
    *["mind", "max", "ok", "typ", "nos", "por", "para", "mag", "ap", "kap"],
}


def merged(language: str, told: str | None) -> set[str]:
    own = LANGUAGES[language].classes()
    return {
        word
        for word in WORDS[language]
        if word not in own and word.capitalize() not in own
        if any(len(split(frame.format(word), language=told)) != 2 for frame in FRAMES)
    }


@pytest.mark.parametrize("language", WORDS)
def test_a_named_language_is_not_held_up_by_the_others(language):
    assert merged(language, language) <= ABBREVIATED


@pytest.mark.parametrize("language", WORDS)
def test_the_union_holds_no_ordinary_word_of_a_big_language(language):
    assert merged(language, None) <= ABBREVIATED | KEPT_WITH_NUMBERS


@pytest.mark.parametrize(
    "text",
    [
        "That's it. 3 steps and you're done.",
        "Turn it off. 10 seconds later, turn it on. 5 minutes later, it works.",
        "Trust me. 90% of them do.",
        "I told you so. 2 of us saw it.",
        "Open the app. 2 minutes later it starts.",
        "She wrote it. J. Smith left.",
        "She wears a cap. 3 of us do.",
        "Never mind. 5 more will come.",
        "He said no. 3 people left.",
        "It's ok. 5 is enough.",
        "Ask your mom. 2 hours later, ask again.",
        "We sold the cat. 2 dogs stayed.",
    ],
)
@pytest.mark.parametrize("language", ["en", None])
def test_an_english_word_ends_its_sentence_before_a_number(text, language):
    assert "|".join(split(text, language=language)) == text.replace(". ", ". |").replace(
        "J. |", "J. "
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wir sind in der Hauptstr. 5 in Ulm.", "de"),
        ("Er wohnt am Marienpl. 3 in München.", "de"),
        ("Hon bor på Storg. 5 i Lund.", "sv"),
        ("Piecz przez ok. 70 min.", None),
        ("Er kommt seit mind. 15 Monaten.", None),
        ("Véase el cap. 3 del libro.", None),
        ("It is a small town (pop. 256,000) in the north.", None),
        ("The dose is small (max. 3 g) for a child.", "en"),
    ],
)
def test_an_abbreviation_keeps_its_number(text, language):
    assert split(text, language=language) == [text]
