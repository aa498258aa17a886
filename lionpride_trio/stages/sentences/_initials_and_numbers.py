"""Letters and numbers before a dot: initials, list markers, ordinals, or the end of "plan B"."""

from __future__ import annotations

from typing import Final

from ._cursor import Cursor
from ._following_word import is_roman, is_starter, month, next_word
from ._reporting_verbs import TITLES
from .tables import Tables, words

MOST_INDENT: Final = 3
_AFTER_NUMBER: Final = " \t\xa0\u202f\n\0"

_LETTERED: Final = words(
    "vitamin vitamins hepatitis option options plan type group grade class part section appendix "
    "exhibit figure table column row step phase schedule point choice answer question item team "
    "model terminal hall wing deck track concourse studio building tower pier bay annex "
    "version variable letter drive route line block zone level unit room gate plate size score "
    "is equals be was called are generation stage scenario case category factor x y z and or versus "
    "gruppe typ klasse teil anhang punkt plan tipo parte grupo opción groupe partie annexe"
)
_NUMBERED: Final = words(
    "step part section chapter phase rule tip question exercise problem lesson stage figure fig table tab "
    "abb schritt teil kapitel étape chapitre paso parte capítulo passo capitolo stap deel krok шаг"
)
"""Words that make a label with a number where a sentence begins with them."""
_VARIABLES: Final = frozenset("xyjqkn")
"""Small letters that are no abbreviations: solve for x."""
_MATHS: Final = words(
    "define denote let given where variable parameter constant integer vector function index equals "
    "length radius height mass charge probability compute minimize maximize"
)
"""Words that name a quantity behind them: "define r"."""
_POINTS: Final = frozenset("NESW")
_REGNAL: Final = frozenset("IVX")
_NAME_PARTS: Final = words("and or")
_IN_NAMES: Final = words(
    "Will May More So An Do Long In On My Van Von Vom Zu Zum Zur De Del Della Des Du Di Da Das Dos "
    "Den Der Die La Le Les Los Las El Al Ben See Ten Ter Te To Hans Kan Li Lo No Y I A E O Em Am "
    "Gli Mein Day You Her His Like Own Go Be Use Put Come Keep Try Look Take Never Every"
)
_NEVER_FIRST: Final = frozenset({"Chr"})
VOWELS: Final = frozenset(
    "àáâãäåæèéêëìíîïòóôõöøùúûýāăąēėęěĩīıōőœũūůűųươạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹяиіїєюыэжб"
)
"""Small letters that are words and no abbreviations: ý, é, ö, я, ж."""
_FIRST_LABELS: Final = frozenset("aAi")
_OUTLINE: Final = "가나다라마"
"""Syllables that Korean counts paragraphs with."""
_CARDINAL: Final = words("auf um ist sind gegen nur klo kello saat o ob u v od do")
"""Words after which "7." is seven in languages that write the seventh so."""
_BEFORE_HOURS: Final = words("kl. klo kello saat ura")
"""Words after which "10." is ten o'clock, whatever follows."""
_MEASURED: Final = words("""
    total score count sum result level low high lowest highest minimum maximum average room floor gate
    seat table track platform episode season chapter volume page line item number quantity qty age rank
    place position player players team guests people rating answer channel bus stop size balance lives
    attempts left remaining errors warnings version day week grade stars points zimmer etage stock
    gleis platz seite anzahl summe ergebnis chambre étage page total quai habitación piso página
""")
"""Labels of a single value: "Total: 1. Try again." is no list."""


def letter_ends(cur: Cursor, i: int, p: int, word: str, tail: list[str], tables: Tables) -> bool:
    """A single letter: an initial, a list marker, or the end of "plan B"."""
    text = cur.text
    before = tail[-2] if len(tail) > 1 else ""
    if "가" <= word <= "힣":
        return word not in _OUTLINE or i - 1 - cur.line > MOST_INDENT or cur.first(i) < i - 1
    alone = cur.first(i) == i - 1 or (text[i - 2] in "([{*_" and cur.first(i) >= i - 3)
    if alone or before.endswith((":", ";")):
        if word in _FIRST_LABELS and not alone:
            cur.begin_list(word + ".")
        return False
    x = text[p]
    if (
        before.endswith((".", ")"))
        and before[:-1].isdecimal()
        and cur.first(i) > i - 6 - len(before)
    ):
        return False  # 1. A. Smith: a name in a list
    if text[i - 2].isalpha():
        return False  # 途中出場のJ. オコナー
    last = before.strip("*_\"'(“,").lower()
    if before[-1:] in {"º", "ª"}:
        return True  # the flat 3.º B
    if x.isdecimal():
        return word.islower() and before.isdecimal()  # 5 m. 10 people; but: n. 5, S. 12
    if word.islower():
        # z. B.: one more letter with a dot
        if x.isupper() and text[p + 1] == ".":
            return False
        if not x.isupper():
            return not x.isalpha()
        if word in VOWELS:
            return True
        if last in _MATHS and not before.endswith("."):
            return True  # define r. Proof
        if before[-1:].isdecimal() or word in _VARIABLES or (len(before) > 1 and is_roman(before)):
            follower = next_word(text, p)
            # v. Chr., s. III
            return follower not in _NEVER_FIRST and not (len(follower) > 1 and is_roman(follower))
        return is_starter(text, p, tables)
    if not word.isupper():
        return False
    if x in "MDPHFS":
        follower = next_word(text, p)
        if follower in TITLES and text[p + len(follower)] == ".":
            return True  # Mr. A. Mr. B. came, too.
    if last.replace(".", "").replace(",", "").isdecimal() and last:
        return word not in _POINTS or is_starter(text, p, tables)  # 1400 N. Delaware Ave.
    if last and not any(c.isalnum() for c in last):
        return last not in {"&", "-", "–", "—"}  # X → Y
    if (
        last in _NAME_PARTS
        and len(tail) > 2
        and tail[0][-1].isupper()
        and not tail[0][-2:-1].isalnum()
    ):
        return True  # A and B
    if before.islower() or last in _LETTERED:
        if (last in _LETTERED and last not in _NAME_PARTS) or (
            word == "I" and last in {"than", "as"}
        ):
            return True
        return before.isalpha() and x.isalpha() and is_starter(text, p, tables)
    if x.isupper() and text[p + 1] == ".":
        return False
    if before.endswith(".") and len(before) > 2:
        before = before[:-1]  # Gen. Z
    if word in _REGNAL and before.isalpha() and is_starter(text, p, tables):
        q = p + len(next_word(text, p))
        if text[q] == " " and text[q + 1].islower():
            return True  # Carol I. A fost
    # Malcolm X. He; but not Albert I. Jones, J. Le Carré
    return before.isalpha() and next_word(text, p) not in _IN_NAMES and is_starter(text, p, tables)


def _goes_on(text: str, p: int) -> bool:
    """Whether the number at *p* may be the next part of a date: one or two digits and a dot."""
    n = p + 1
    while text[n].isdecimal() and n < p + 3:
        n += 1
    return text[n] == "." and text[n + 1] in _AFTER_NUMBER


def _counts(cur: Cursor, i: int, word: str, before: str) -> bool:
    """Whether the number *word* after *before* is no ordinal: Hauptstraße 5, klo 7."""
    if before in _CARDINAL:
        return True
    named = before[:1].isupper() and before.isalpha()
    return named and cur.first(i) < i - len(word) - 1 - len(before)


def number_ends(cur: Cursor, i: int, p: int, word: str, before: str, tables: Tables) -> bool:
    """A number: a list marker, an ordinal, part of a date, or the end."""
    text = cur.text
    x = text[p]
    if len(word) <= 3 and word.isdecimal():
        first = cur.first(i)
        if first >= i - len(word) - 3 and not any(
            text[n].isalnum() for n in range(first, i - len(word))
        ):
            # Within a line only a list is counted so: "How many? 24. Anything else?"
            if cur.has_line() or word == "1" or cur.follows(int(word)):
                return False
        elif before.endswith(":") and word == "1" and before[:-1].lower() not in _MEASURED:
            cur.begin_list("1.")
            return False
        elif first >= i - len(word) - len(before) - 4 and before.strip("*_.").lower() in _NUMBERED:
            return False  # Step 1. Preheat the oven
    if len(word) == 4 and x.isdecimal() and word.isdecimal():
        return not _goes_on(text, p)  # 2024. 3. 15.
    if len(word) <= 2 and word.isdecimal():
        if before.endswith(".") and before[:-1].isdecimal() and not x.isupper():
            return False  # 5. 6. 2018, 3. 15. 오후
        if x.isdecimal():
            # 3. 5. 2021
            return not _goes_on(text, p) or not text[i - len(word) - 1].isspace()
        if x.isupper():
            if before.lower() in _BEFORE_HOURS:
                return True
            follower = month(text, p, tables)
            if follower and (follower != "May" or before.lower() != "in"):
                return False
            if before.endswith((".", ":")):
                return True  # §. 15, Etage: 2
            if before.lower() in tables.before_ordinals:
                return is_starter(text, p, tables)
            if tables.ordinals and not _counts(cur, i, word, before):
                return is_starter(text, p, tables)
    return True
