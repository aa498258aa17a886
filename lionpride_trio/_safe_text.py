"""Text that crosses a trust boundary: secrets kept out of sight, a server's words made safe to show."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final, NoReturn

import attrs

MAX_ERROR_TEXT: Final = 2048
"""Longest ``str(error)``, in characters."""

MASK: Final = "[secret]"

SHORT_SECRET: Final = 8
"""Characters below which a secret may well be a part of ordinary words."""

# C0 (but tab and line feed), DEL, C1, and what reorders or hides text on a terminal: direction
# marks, line and paragraph separators, characters without width, tags.  The joiners U+200C and
# U+200D stay: Persian and emoji are written with them.  U+FFFE and U+FFFF are no characters: a
# document of XML, such as a picture, that has one is not read.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@attrs.frozen(repr=False, eq=True)
class Secret:
    """A string that shows itself only when asked: ``reveal()``.  ``repr``, ``str`` and ``format`` are masked."""

    _value: str

    def reveal(self) -> str:
        """The string itself."""
        return self._value

    def mask(self, text: str) -> str:
        """*text* with the secret masked, and what a cut has left of its beginning.

        One of under eight characters is masked only where it stands as a word of its own:
        the key "k" of a test would leave no error text readable.
        """
        if len(self._value) >= SHORT_SECRET:
            return self._mask_beginnings(text)
        if not self._value:
            return text
        return re.sub(rf"(?<!\w){re.escape(self._value)}(?!\w)", MASK, text)

    def _mask_beginnings(self, text: str) -> str:
        """*text* with the secret masked, and what a cut of the text has left of its beginning."""
        begin = self._value[:SHORT_SECRET]
        pieces: list[str] = []
        given = 0
        while (at := text.find(begin, given)) >= 0:
            pieces += text[given:at], MASK
            same = takewhile(
                lambda pair: pair[0] == pair[1], zip(text[at:], self._value, strict=False)
            )
            given = at + sum(1 for _ in same)
        return "".join([*pieces, text[given:]])

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        return MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled, so that no key is written down: pass it anew")

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self


class Token(Secret):
    """A secret that a provider wants as a bearer's token, where its keys go into another header."""


def escape_controls(text: str) -> str:
    """*text* with what could steer a terminal or hide on it written as Python writes it in a repr.

    That is: control characters, marks that reorder or hide text, lone surrogates, and what is no character.
    """
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def replace_lone_surrogates(text: str) -> str:
    """*text* with each lone surrogate replaced by U+FFFD, so that it encodes."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def shorten(text: str, limit: int) -> str:
    """*text*, cut to *limit* characters with its loss named."""
    if len(text) <= limit:
        return text
    tail = f"... ({len(text)} characters)"
    return text[: limit - len(tail)] + tail
