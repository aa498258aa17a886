"""What must not get into a recording: keys, cookies, whatever proves who asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .._text import MASK
from ._file import Piece

_NAMES: Final = re.compile(
    r"auth|key|token|cookie|secret|session|credential|signature|organization|project|account",
    re.IGNORECASE,
)
_ANSWERED: Final = re.compile(r"cookie|authenticate|organization|project|secret", re.IGNORECASE)
"""Answers tell of tokens that are counted, not kept."""
SHORTEST: Final = 8
"""Shorter keys are masked in headers only: they would be found in any text."""


def is_secret(name: str) -> bool:
    """Whether a header or parameter of that name has to be masked."""
    return bool(_NAMES.search(name))


class Mask:
    """Knows the secrets of one call, and masks them wherever they stand."""

    def __init__(self, headers: Mapping[str, str], more: Iterable[str] = ()) -> None:
        found = [value for name, value in headers.items() if is_secret(name)]
        # "Bearer …": the key is the last word.
        words = [word for value in found for word in (value, value.rpartition(" ")[2])]
        self._secrets = sorted(
            {word for word in (*words, *more) if len(word) >= SHORTEST}, key=len, reverse=True
        )

    def headers(self, headers: Mapping[str, str], *, answer: bool = False) -> dict[str, str]:
        """*headers* in lower case, in order of their names."""
        secret = _ANSWERED if answer else _NAMES
        return {
            name.lower(): MASK if secret.search(name) else self.text(value)
            for name, value in sorted(headers.items())
        }

    def text(self, text: str) -> str:
        """*text* without the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text

    def url(self, url: str) -> str:
        """*url* without a user, and with its secret parameters masked."""
        parts = urlsplit(url)
        query = [
            (name, MASK if is_secret(name) else value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        netloc = parts.netloc.rpartition("@")[2]
        masked = parts._replace(netloc=netloc, query=urlencode(query, safe="[]:"))
        return self.text(urlunsplit(masked))

    def pieces(self, pieces: Sequence[Piece]) -> tuple[Piece, ...]:
        """*pieces* with secrets overwritten, so that lengths and cuts stay as they were."""
        whole = b"".join(piece.data for piece in pieces)
        masked = whole
        for secret in self._secrets:
            data = secret.encode()
            masked = masked.replace(data, b"*" * len(data))
        if masked == whole:
            return tuple(pieces)
        made: list[Piece] = []
        start = 0
        for piece in pieces:
            made.append(Piece(piece.at, masked[start : start + len(piece.data)]))
            start += len(piece.data)
        return tuple(made)
