"""Every entry of every language behaves as its class says."""

from __future__ import annotations

import pytest

from lionpride_trio.stages.sentences.tables import LANGUAGES, tables
from lionpride_trio.stages.sentences.tables._classes import NAMES

from .cases import split

STARTER = {
    "en": "However",
    "de": "Trotzdem",
    "fr": "Cependant",
    "es": "También",
    "it": "Tuttavia",
    "pt": "Entretanto",
    "nl": "Bovendien",
    "pl": "Jednak",
    "da": "Desuden",
    "ru": "Однако",
    "tr": "Ancak",
    "sv": "Dessutom",
    "nb": "Dessuten",
    "fi": "Lisäksi",
    "cs": "Přesto",
    "sk": "Napriek",
    "el": "Όμως",
    "uk": "Однак",
    "bg": "Обаче",
    "ro": "Totuși",
    "hu": "Azonban",
}


def pieces(before: str, entry: str, after: str, language: str | None) -> int:
    written = entry.replace("_", " ")
    return len(split(f"{before} {written}. {after}", language=language))


def misbehaving(classes: dict[str, int], language: str | None) -> list[object]:
    starter = STARTER.get(language or "en", "However")
    wrong: list[object] = []
    for entry, kind in classes.items():
        found = {
            "name": pieces("lorem ipsum", entry, "Xanten dolor", language),
            "starter": pieces("lorem ipsum dolor sit amet", entry, f"{starter} sit", language),
            "number": pieces("lorem ipsum", entry, "3 dolor", language),
            "counted": pieces("lorem 3", entry, "Xanten dolor", language),
            "small": pieces("Lorem ipsum", entry, "dolor", language),
        }
        expected = {
            "NEVER": {"name": 1, "starter": 1, "number": 1, "small": 1},
            "NUMBER": {"name": 1, "starter": 2, "number": 1, "small": 1},
            "WORD": {"name": 2, "starter": 2, "number": 1, "small": 1},
            "MAYBE": {"name": 1, "starter": 2, "number": 1, "small": 1},
            "UNIT": {"name": 1, "starter": 2, "counted": 2, "small": 1},
            "TIME": {"name": 1, "starter": 2, "number": 1, "small": 1},
            "END": {"name": 2, "starter": 2, "small": 1},
        }[NAMES[kind]]
        if not expected.items() <= found.items():
            wrong.append((entry, NAMES[kind], found))
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_entry_behaves_as_its_class_says(language):
    assert misbehaving(LANGUAGES[language].classes(), language) == []


def test_an_entry_of_the_union_behaves_as_its_class_says():
    assert misbehaving(tables(None).classes, None) == []


@pytest.mark.parametrize("language", STARTER)
def test_starters_and_months_are_capitalised_or_small_as_they_are_looked_up(language):
    known = tables(language)
    assert STARTER[language] in known.starters
    assert LANGUAGES[language].months <= known.months


def test_the_fifteen_languages_have_their_tables():
    assert set(LANGUAGES) >= {
        "en",
        "de",
        "fr",
        "es",
        "it",
        "pt",
        "nl",
        "pl",
        "da",
        "ru",
        "tr",
        "ja",
        "zh",
        "hi",
        "ar",
    }


@pytest.mark.parametrize("tag", ["pt-BR", "PT", "pt_br"])
def test_a_language_may_be_a_tag(tag):
    assert len(split("Fui lá com o Des. Xavier.", language=tag)) == 1


def test_a_language_without_a_table_is_split_by_the_union():
    assert split("Dr. Kim 왔어요. 네.", language="ko") == ["Dr. Kim 왔어요. ", "네."]


@pytest.mark.parametrize(
    "text",
    [
        "I had it in mind. Peter agreed.",
        "He found a gem. Peter agreed.",
        "It was red. Peter agreed.",
        "It was long ago. Peter agreed.",
        "We saw a meteor. Peter agreed.",
        "C'est un jeu. Marie est là.",
        "Das ist ok. Peter kommt.",
        "Ich sage es dir. Peter kommt.",
        "Vamos al mar. Juan viene.",
        "That is the max. Peter agreed.",
    ],
)
def test_the_union_leaves_other_languages_words_alone(text):
    assert len(split(text)) == 2
