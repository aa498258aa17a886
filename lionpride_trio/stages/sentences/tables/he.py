"""Hebrew, whose abbreviations have a quotation mark in them rather than a dot behind them."""

from __future__ import annotations

from ._classes import Language, words

HEBREW = Language(
    code="he",
    never=words("גב עו דר ת.ד ע.ר א.ג.נ א.נ ק.ג ק.מ ס.מ מ.מ ד.ש נ.ב ב.מ ל.ד ח.פ ת.ז ב.כ"),
    number=words("עמ סע גל"),
    word=words("מס פרק סעיף"),
    local=words("מס פרק סעיף עמ גל"),
)
