"""The behaviour classes of words that end in a dot, and how a language's module states them.

A class says what a dot after the word does when the next word begins with a capital, a digit or a
letter without case.  Before a small letter a dot never ends a sentence, whatever the class.

==========  =====================  ==============================================================
class       example                does the dot end a sentence?
==========  =====================  ==============================================================
``NEVER``   Mr. Dr. e.g. z.B.      no
``NUMBER``  p. vol. Nr. стр.       no before a number, roman numeral or single letter; before any
                                   other word only if that word is a *starter*
``WORD``    No. art. chap. app.    as ``NUMBER`` before a number; otherwise it is an ordinary word
``MAYBE``   Inc. Jan. ave. U.S.    only before a starter
``UNIT``    ft. min. kg.           after a number yes, otherwise only before a starter
``TIME``    a.m. p.m. г. (year)    before a starter, or late in its sentence
``END``     etc. usw. т.д.         yes, as any ordinary word
==========  =====================  ==============================================================

A *starter* is a word that opens sentences and is no name: The, However, Der, Il.

How an entry is written: without its last dot; in small letters, and then it matches in any case;
with a first capital (``Mo``), and then only with that capital, because the small word is an
ordinary one.  White space after a dot is left out, other white
space is ``_``: ``z.b`` is "z.B." and "z. B.", ``ad_es`` is "ad es.".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NEVER: Final = 1
NUMBER: Final = 2
WORD: Final = 3
MAYBE: Final = 4
TIME: Final = 5
END: Final = 6
UNIT: Final = 7

CONSONANTS: Final = frozenset(
    "bcdfghjklmnpqrstvwxzçčćďđğłľĺñńňŕřśšşťžźżбвгджзйклмнпрстфхцчшщβγδζθκλμνξπρσςτφχψ"
)

NAMES: Final[Mapping[int, str]] = {
    NEVER: "NEVER",
    NUMBER: "NUMBER",
    WORD: "WORD",
    MAYBE: "MAYBE",
    TIME: "TIME",
    END: "END",
    UNIT: "UNIT",
}


def words(text: str) -> frozenset[str]:
    """The words of *text*."""
    return frozenset(text.split())


NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """The words of one language.  ``local`` names the entries that mean something else elsewhere."""

    code: str
    never: frozenset[str] = NONE
    number: frozenset[str] = NONE
    word: frozenset[str] = NONE
    maybe: frozenset[str] = NONE
    time: frozenset[str] = NONE
    end: frozenset[str] = NONE
    unit: frozenset[str] = NONE
    starters: frozenset[str] = NONE
    months: frozenset[str] = NONE
    before_ordinals: frozenset[str] = NONE
    """Words after which "3." before a capital is "third": im, vom, den."""
    street_ends: tuple[str, ...] = ()
    """How a street's name ends that is cut short before its number: Hauptstr. 5."""
    ordinals: bool = False
    """Whether a number of one or two digits with a dot is an ordinal before a capital."""
    local: frozenset[str] = field(default=NONE)
    """Entries and starters that are used only when this language is asked for."""

    def classes(self) -> dict[str, int]:
        """Entry to behaviour class."""
        found: dict[str, int] = {}
        for kind, entries in (
            (NEVER, self.never),
            (NUMBER, self.number),
            (WORD, self.word),
            (MAYBE, self.maybe),
            (TIME, self.time),
            (END, self.end),
            (UNIT, self.unit),
        ):
            found.update(dict.fromkeys(entries, kind))
        return found
