"""Characters by what they do.  A character that is in none of these sets does nothing."""

from __future__ import annotations

from typing import Final

END: Final = "\0"
"""The character that rules read past the end of a finished stream."""

LINE_ENDS: Final = "\n" + END

STRONG: Final = frozenset("!?‼⁇⁈⁉؟։")
"""Marks that end a sentence whatever the word before them."""

RUN: Final = frozenset(".!?…‼⁇⁈⁉؟")
"""Marks that pile up into one terminator: ?!, ..., !!!"""

FULL: Final = frozenset("。！？｡．।॥۔።፧፨។៕။")
"""Full stops of scripts without capitals: nothing has to follow them."""

CLOSERS: Final = frozenset(
    "\"'”’“»›«)]}*_~`」』）》〉】〕］｝\u200e\u200f\u202a\u202b\u202c\u2069\ufe0f$¹²³⁴⁵⁶⁷⁸⁹⁰⁻⁺†‡"
)
"""Characters that belong to the terminator before them.  `“` and `«` close in German and Danish."""

QUOTE_ENDS: Final = frozenset("\"'”’»“«")
CJK_QUOTE_ENDS: Final = frozenset("」』”’\"'")

OPENERS: Final = frozenset(
    "\"'“”‘’„‚«»‹›([{*_~¿¡「『（《〈【\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\ufeff\u200b"
)
"""Characters that belong to the sentence whose first letter they stand before."""

DASHES: Final = "-–—―"

SPACES: Final = " \t\r\f\v\xa0\u2009\u202f\u3000"
"""White space within a line."""

CURRENCY: Final = "$€£¥₹₽₺₩"
STARTING_SIGNS: Final = "@#§<`\\&"
"""Signs that may begin a sentence: @user, #tag, § 5, <b>, `code`, \\(math."""

BRACKETS: Final = (("「", "」"), ("『", "』"), ("《", "》"), ("（", "）"), ("【", "】"), ("“", "”"))


def is_cjk(character: str) -> bool:
    """Whether this is a letter of Chinese or Japanese, which is written without spaces."""
    return "\u3040" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


FIRST_EMOJI: Final = "☀"
"""The first of those that emoji begin with: most characters are known to be none."""
FIRST_FLAG: Final = "\U0001f1e6"
"""The letters that flags are made of; all after them are emoji."""


def is_emoji(character: str) -> bool:
    """Whether this is an emoji that closes a sentence, or joins two; no arrow and no tick."""
    return character >= FIRST_FLAG or character in "\u200d\ufe0f❤☺☹✨☀☁☂☃☔⚡⛅⛄☕⭐❄☎✈"


TICKS: Final = "✓✔✅"

_POINTERS: Final = frozenset(
    map(
        chr,
        (
            *range(0x1F446, 0x1F44A),  # hands that point
            0x1F4A1,  # a bulb
            *range(0x1F4C0, 0x1F525),  # calendars, pins, pencils, locks, bells
            *range(0x1F526, 0x1F568),  # tools, clocks
            0x1F6A8,
            *range(0x1F7E0, 0x1F7EC),  # coloured circles and squares
        ),
    )
)
"""Emoji that stand before what they mark, as an item's bullet does."""


def closes(character: str) -> bool:
    """Whether this is an emoji that belongs to the sentence before it, if it stands between two."""
    return is_emoji(character) and character not in _POINTERS


def is_symbol(character: str) -> bool:
    """Whether this is an emoji or pictogram."""
    return "\u2190" <= character <= "\u2bff" or character >= "\U0001f000"
