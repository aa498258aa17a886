"""The tokens of JSON that may come in pieces: strings and keys, numbers, words.

Goals.  A token costs what its text costs, however it was cut: nothing is joined or searched twice.  No
half of anything is ever shown.

Strategy.  ``read`` takes what belongs to the token from a text and says where it stopped; it is asked
again with the next text.  Runs of plain characters are found by regular expressions and kept as
fragments.  What comes in few characters, an escape, is gathered until all of it is there.

What must hold:

1. A fragment is final when it is added.  So the first half of a surrogate pair waits in ``_high``: as a
   fragment, it would be shown as a lone surrogate and then be half of another character.
2. ``read`` changes nothing but its token.  What the end of one means is the parser's business.
"""

from __future__ import annotations

import re
from typing import Any, Final

from .._errors import DecodeError, LimitExceeded

MAX_DIGITS: Final = 100_000
"""Characters of the longest number: reading one takes more than linear time."""

NUMBER_STARTS: Final = "-0123456789"

_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER_CHARS = re.compile(r"[-+0-9.eE]*")
_NUMBER_FORM = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_HEX = re.compile(r"[0-9a-fA-F]{0,4}")
_ESCAPES: Final = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip
_MINUS_INFINITY: Final = "-Infinity"
_WORDS: Final[dict[str, Any]] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    _MINUS_INFINITY: float("-inf"),
}
WORD_OF: Final = {word[0]: word for word in _WORDS if word[0] != "-"}
"""The words by their first characters; ``-Infinity`` begins as a number."""


class UnexpectedCharacter(Exception):
    """No JSON: the character at *at* of the text that is being read is not what was *expected*."""

    def __init__(self, at: int, expected: str) -> None:
        super().__init__(at, expected)
        self.at = at
        self.expected = expected


class StringToken:
    """A string of which the opening quote was read.  New fragments go to *untold* too, if there is one."""

    __slots__ = ("_escape", "_high", "_pieces", "_untold", "ended")

    def __init__(self, untold: list[str] | None = None) -> None:
        self.ended = False
        self._pieces: list[str] = []
        self._untold = untold
        self._escape = ""  # one that has not ended
        self._high = ""  # the first half of a surrogate pair

    def text(self) -> str:
        """The text so far, which is one fragment from then on."""
        text = "".join(self._pieces)
        self._pieces = [text]
        return text

    def read(self, text: str, at: int, end: int) -> int:
        """Take a run of plain characters and what ends it, or the rest of an escape.

        :raises UnexpectedCharacter: a control character, or an escape that is none.
        """
        if self._escape:
            return self._read_escape(text, at, end)
        stop = _PLAIN.match(text, at, end).end()  # type: ignore[union-attr]
        if stop > at:
            if self._high:
                self._add_high()
            self._add(text[at:stop])
        if stop == end:
            return stop
        char = text[stop]
        if char == "\\":
            self._escape = char
            return stop + 1
        if char != '"':
            raise UnexpectedCharacter(stop, "an escape for a control character")
        if self._high:
            self._add_high()
        self.ended = True
        return stop + 1

    def _read_escape(self, text: str, at: int, end: int) -> int:
        kind = self._escape[1:2] or text[at]
        length = (6 if kind == "u" else 2) - len(self._escape)
        taken = text[at : min(at + length, end)]
        if kind != "u":
            if kind not in _ESCAPES:
                raise UnexpectedCharacter(at, "an escape")
            self._add_high()
            self._add(_ESCAPES[kind])
            self._escape = ""
            return at + len(taken)
        at += len(taken)
        self._escape += taken
        hexed = _HEX.match(self._escape, 2).end()  # type: ignore[union-attr]
        if hexed < len(self._escape):
            raise UnexpectedCharacter(at - (len(self._escape) - hexed), "a hexadecimal digit")
        if hexed == 6:
            self._add_code(int(self._escape.removeprefix("\\u"), 16))
            self._escape = ""
        return at

    def _add_code(self, code: int) -> None:
        if self._high and 0xDC00 <= code <= 0xDFFF:
            code = 0x10000 + ((ord(self._high) - 0xD800) << 10) + (code - 0xDC00)
            self._high = ""
        self._add_high()
        if 0xD800 <= code <= 0xDBFF:
            self._high = chr(code)
        else:
            self._add(chr(code))

    def _add_high(self) -> None:
        """Add the half of a pair that stays alone, as `json.loads` leaves it."""
        if self._high:
            self._add(self._high)
            self._high = ""

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        if self._untold is not None:
            self._untold.append(piece)


class KeyToken(StringToken):
    """The key of an object, of at most *max_hold* characters: nothing of it is given before its end."""

    __slots__ = ("_max_hold", "_size")

    def __init__(self, max_hold: int) -> None:
        super().__init__()
        self._max_hold = max_hold
        self._size = 0

    def _add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > self._max_hold:
            raise _too_long("key", "max_hold", self._max_hold)


class NumberToken:
    """A number that begins at *place* of the whole text."""

    __slots__ = ("_pieces", "_place", "_size")

    def __init__(self, place: int) -> None:
        self._place = place
        self._pieces: list[str] = []
        self._size = 0

    def read(self, text: str, at: int, end: int) -> int:
        """Take what may be of a number; it has ended if that stops before *end*."""
        stop = _NUMBER_CHARS.match(text, at, end).end()  # type: ignore[union-attr]
        if stop > at:
            self._pieces.append(text[at:stop])
            self._size += stop - at
            if self._size > MAX_DIGITS:
                raise _too_long("number", "json_digits", MAX_DIGITS)
        return stop

    def word(self, char: str) -> WordToken | None:
        """The word that this is the beginning of if *char* follows: ``-Infinity``, or none."""
        if char == "I" and self._size == 1 and self._pieces[0] == "-":
            return WordToken(_MINUS_INFINITY, 1)
        return None

    def value(self) -> int | float:
        """The number.

        :raises DecodeError: it is none.
        """
        number = "".join(self._pieces)
        form = _NUMBER_FORM.fullmatch(number)
        if form is None:
            raise DecodeError(
                f"not JSON at character {self._place}: {number[:40]!r} is no number",
                line=number[:40],
            )
        return float(number) if form[1] or form[2] else integer(number)


class WordToken:
    """A *word*, of which *size* characters were read."""

    __slots__ = ("_size", "_word")

    def __init__(self, word: str, size: int = 0) -> None:
        self._word = word
        self._size = size

    @property
    def ended(self) -> bool:
        """Whether all of it was read."""
        return self._size == len(self._word)

    def read(self, text: str, at: int, end: int) -> int:
        """Take what there is of the word.

        :raises UnexpectedCharacter: something else is there.
        """
        rest = self._word[self._size :]
        piece = text[at : min(at + len(rest), end)]
        if not rest.startswith(piece):
            wrong = next(i for i, char in enumerate(piece) if char != rest[i])
            raise UnexpectedCharacter(at + wrong, self._word)
        self._size += len(piece)
        return at + len(piece)

    def value(self) -> Any:
        """The value of the word."""
        return _WORDS[self._word]


def _too_long(what: str, limit: str, most: int) -> LimitExceeded:
    return LimitExceeded(
        f"a {what} is longer than {limit}={most} characters", limit=limit, value=most
    )


def integer(digits: str) -> int:
    """``int(digits)`` for any number of digits: Python's own limit is for the unwary."""
    try:
        return int(digits)
    except ValueError:
        negative = digits.startswith("-")
        number = _natural(digits[negative:])
        return -number if negative else number


def _natural(digits: str) -> int:
    # Halves, so that the large products are of equal sizes, where Python multiplies fast.
    if len(digits) <= 512:
        return int(digits)
    low = len(digits) // 2
    shift: int = 10**low
    return _natural(digits[:-low]) * shift + _natural(digits[-low:])
