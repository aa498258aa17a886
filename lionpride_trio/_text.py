"""Text that crosses a trust boundary: secrets kept out of sight, a server's words made safe to show."""

from __future__ import annotations

import re
from typing import Final

import attrs

MAX_ERROR_TEXT: Final = 2048
"""Longest ``str(error)``, in characters."""

MASK: Final = "[secret]"

# C0 (but tab and line feed), DEL, C1, and the marks that reorder or hide text on a terminal.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@attrs.frozen(repr=False, eq=True)
class Secret:
    """A string that shows itself only when asked: ``reveal()``.  ``repr``, ``str`` and ``format`` are masked."""

    _value: str

    def reveal(self) -> str:
        return self._value

    def mask(self, text: str) -> str:
        """*text* with every occurrence of the secret masked."""
        return text.replace(self._value, MASK) if self._value else text

    def __repr__(self) -> str:
        return f"Secret({MASK!r})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, format_spec: str) -> str:
        return MASK


def escape_controls(text: str) -> str:
    """*text* with control characters, reordering marks and lone surrogates written as escapes."""
    return _UNSAFE.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def replace_lone_surrogates(text: str) -> str:
    """*text* with each lone surrogate replaced by U+FFFD, so that it encodes."""
    return _LONE_SURROGATE.sub("\ufffd", text)


def shorten(text: str, limit: int) -> str:
    """*text*, cut to *limit* characters with its loss named."""
    if len(text) <= limit:
        return text
    tail = f"... ({len(text)} characters)"
    return text[: limit - len(tail)] + tail
