"""The language tables, and the union that is used when no language is named.

Some entries were chosen from the abbreviation lists of sentencex (github.com/wikimedia/sentencex,
``src/languages/abbrev``, MIT licence, copyright 2025 Santhosh Thottingal; see the file NOTICE beside
this package's machine).  The classes, and most entries, are this library's own.

The union leaves out each language's ``local`` entries, which mean something else in another.
Where two languages disagree, the one that is earlier in `LANGUAGES` has the word.

A language that was asked for is judged by its own table.  Of the others it takes what can be a word
nowhere: entries with a dot in them or without a vowel, and a few titles that are known everywhere.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Final

from ._classes import CONSONANTS, NEVER, WORD, words as words
from ._ordinary import ORDINARY
from .ar import ARABIC
from .bg import BULGARIAN
from .bn import BENGALI
from .cs import CZECH
from .da import DANISH
from .de import GERMAN
from .el import GREEK
from .en import ENGLISH
from .es import SPANISH
from .fa import PERSIAN
from .fi import FINNISH
from .fr import FRENCH
from .he import HEBREW
from .hi import HINDI
from .hu import HUNGARIAN
from .id import INDONESIAN
from .it import ITALIAN
from .ja import JAPANESE
from .ko import KOREAN
from .nb import NORWEGIAN
from .nl import DUTCH
from .others import OTHERS
from .pl import POLISH
from .pt import PORTUGUESE
from .ro import ROMANIAN
from .ru import RUSSIAN
from .sk import SLOVAK
from .sv import SWEDISH
from .ta import TAMIL
from .th import THAI
from .tr import TURKISH
from .uk import UKRAINIAN
from .ur import URDU
from .vi import VIETNAMESE
from .zh import CHINESE

LANGUAGES: Final = {
    language.code: language
    for language in (
        ENGLISH,
        GERMAN,
        FRENCH,
        SPANISH,
        ITALIAN,
        PORTUGUESE,
        DUTCH,
        POLISH,
        DANISH,
        RUSSIAN,
        TURKISH,
        HINDI,
        ARABIC,
        JAPANESE,
        CHINESE,
        SWEDISH,
        NORWEGIAN,
        FINNISH,
        CZECH,
        SLOVAK,
        GREEK,
        UKRAINIAN,
        BULGARIAN,
        ROMANIAN,
        HUNGARIAN,
        KOREAN,
        VIETNAMESE,
        INDONESIAN,
        THAI,
        HEBREW,
        PERSIAN,
        URDU,
        TAMIL,
        BENGALI,
    )
}

# Languages without a table here in which "3." before a capital is "third".
ORDINAL_DOTS: Final = words("bs cs et fi hr hu is lb lv nb nn no sk sl sr")


STREET_ENDS: Final = ("str", "pl", "sg", "ngg", "vn", "rgt", "sgt", "kegt", "oreg", "sterg", "rreg")
"""How names of streets end that no word ends so, for every language."""


# The languages that have a code of two letters (ISO 639-1).  Those without a table here have what the
# others have in common.
CODES: Final = words("""
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
    dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
    ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
    lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
    rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to
    tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """)


INTERNATIONAL: Final = words("n° nº mr mrs dr prof st inc ltd corp co vs etc jr sr")
"""Abbreviations that stand in texts of every language."""


def is_no_word(entry: str) -> bool:
    """Whether *entry* can only be an abbreviation, in whatever language it is met."""
    small = entry.lower()
    return "." in entry or small in INTERNATIONAL or CONSONANTS.issuperset(small)


class Tables:
    """The tables that rules read, for one language or for all together."""

    __slots__ = (
        "before_ordinals",
        "classes",
        "month_prefixes",
        "months",
        "never",
        "ordinals",
        "special",
        "starters",
        "street_ends",
        "weak_starters",
    )

    def __init__(self, code: str | None) -> None:
        asked = LANGUAGES.get(code) if code else None
        classes: dict[str, int] = {}
        rare: set[str] = set()  # no big language's ordinary word: not cut off from its number
        for language in (OTHERS, *reversed(LANGUAGES.values())):
            for entry, kind in language.classes().items():
                if entry not in language.local and (asked is None or is_no_word(entry)):
                    classes[entry] = kind
                elif asked is None and entry.lower() not in ORDINARY and len(entry) > 1:
                    rare.add(entry)
        if asked is not None:
            classes.update(asked.classes())
        for entry in rare:
            if entry.lower() not in classes:
                classes.setdefault(entry, WORD)
        self.classes: Final = classes
        never = {entry for entry, kind in classes.items() if kind == NEVER and len(entry) > 1}
        self.never: Final = frozenset(never).union(
            entry.capitalize() for entry in never if entry.capitalize() not in classes
        )
        self.special: Final = frozenset(classes).union(
            (entry.capitalize() for entry in classes),
            (entry.rpartition("_")[2] for entry in classes),
        )
        self.starters: Final = _union(
            (each.starters for each in (*LANGUAGES.values(), OTHERS)),
            (each.local for each in (*LANGUAGES.values(), OTHERS)),
            ENGLISH.starters if asked is None else asked.starters,
        )
        self.weak_starters: Final = (
            frozenset[str]().union(*(each.starters for each in LANGUAGES.values())) - self.starters
        )
        self.months: Final = frozenset[str]().union(*(each.months for each in LANGUAGES.values()))
        self.month_prefixes: Final = frozenset(
            name[:end] for name in self.months for end in range(1, len(name) + 1)
        )
        self.before_ordinals: Final = (
            asked.before_ordinals
            if asked is not None and asked.code != "en"
            else frozenset[str]().union(
                *(each.before_ordinals - each.local for each in LANGUAGES.values())
            )
        )
        self.street_ends: Final = STREET_ENDS if asked is None else STREET_ENDS + asked.street_ends
        self.ordinals: Final = code in ORDINAL_DOTS or (asked is not None and asked.ordinals)


def _union(
    sets: Iterable[frozenset[str]], without: Iterable[frozenset[str]], always: frozenset[str]
) -> frozenset[str]:
    """The entries of *sets* that are not local to their languages, and all of *always*."""
    found: set[str] = set(always)
    for each, local in zip(sets, without, strict=True):
        found |= each - local
    return frozenset(found)


@functools.cache
def tables(code: str | None) -> Tables:
    """The tables for a language code, or the union.  Built once each, then shared."""
    return Tables(code)
