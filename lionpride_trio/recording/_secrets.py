"""Masks for a recording: keys, cookies and all that proves who asked must not get into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, urlencode, urlsplit, urlunsplit

import attrs

from .._safe_text import MASK
from ._call import Piece

_NAMES: Final = re.compile(
    r"auth|key|token|cookie|secret|session|credential|signature|organization|project|account",
    re.IGNORECASE,
)
_ANSWERED: Final = re.compile(r"cookie|authenticate|organization|project|secret", re.IGNORECASE)
"""The headers of answers name tokens that are counted, so "token" is no sign of a secret there."""
SHORTEST: Final = 8
"""Shorter keys are masked in headers only: they would be found in any text."""


def is_secret(name: str) -> bool:
    """Whether a header or parameter of that name has to be masked."""
    return bool(_NAMES.search(name))


def _forms_of(secret: str) -> set[str]:
    """*secret* as it is, as URLs have it, and as the writers of JSON do.

    They differ in what they escape beyond what they must: slashes (PHP), what means something in HTML (Go,
    Java, .NET), and all but ASCII.
    """
    forms = {secret}
    for quoted in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        forms |= {quoted, _PERCENT.sub(lambda match: match[0].lower(), quoted)}
    for ascii_only in (True, False):
        plain = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        for unsafe in _UNSAFE_IN_HTML:
            lower = "".join(f"\\u{ord(char):04x}" if char in unsafe else char for char in plain)
            upper = _ESCAPE.sub(lambda match: match[1] + match[2].upper(), lower)
            forms |= {form.replace("/", slash) for form in (lower, upper) for slash in ("/", "\\/")}
    return forms


_PERCENT: Final = re.compile(r"%..")
_ESCAPE: Final = re.compile(r"(\\u)([0-9a-f]{4})")
_UNSAFE_IN_HTML: Final = ("", "<>&", "<>&='", "<>&'+`")


class Mask:
    """Knows the secrets of one call, and masks them wherever they stand."""

    def __init__(self, headers: Mapping[str, str], more: Iterable[str] = ()) -> None:
        found = [value for name, value in headers.items() if is_secret(name)]
        # "Bearer …": the key is the last word.
        words = [word for value in found for word in (value, value.rpartition(" ")[2])]
        forms = {
            form for word in (*words, *more) if len(word) >= SHORTEST for form in _forms_of(word)
        }
        self._secrets = sorted(forms, key=len, reverse=True)

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
            (self.text(name), MASK if is_secret(name) else self.text(value))
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        netloc = parts.netloc.rpartition("@")[2]
        masked = parts._replace(netloc=netloc, query=urlencode(query, safe="[]:"))
        return self.text(urlunsplit(masked))

    def pieces(self) -> PieceMask:
        """A mask for the pieces of one body."""
        return PieceMask([secret.encode() for secret in self._secrets])


@attrs.frozen
class Part:
    """A read as it is written: all of it, or a part that *goes_on* from the part before it."""

    piece: Piece
    goes_on: bool = False


class PieceMask:
    """Overwrites secrets in the pieces of a body, so that lengths and cuts stay as they were.

    A piece may end inside a secret.  Bytes that may be the beginning of one are held back until the next
    pieces decide.
    """

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._secrets = secrets
        self._held: list[Part] = []

    def feed(self, piece: Piece) -> list[Part]:
        """Take *piece*; the parts that can be written now."""
        self._held.append(Part(piece))
        whole = self._masked()
        return self._take(whole, len(whole) - self._doubtful(whole))

    def flush(self) -> list[Part]:
        """The other parts; at the end, the beginning of a secret is masked too, if it is long enough."""
        whole = self._masked()
        doubtful = self._doubtful(whole)
        if doubtful >= SHORTEST:
            whole = whole[:-doubtful] + b"*" * doubtful
        return self._take(whole, len(whole))

    def _masked(self) -> bytes:
        whole = b"".join([part.piece.data for part in self._held])
        for secret in self._secrets:
            whole = whole.replace(secret, b"*" * len(secret))
        return whole

    def _doubtful(self, whole: bytes) -> int:
        """How many of the last bytes may be the beginning of a secret."""
        return max(
            (
                count
                for secret in self._secrets
                for count in range(1, min(len(secret), len(whole) + 1))
                if whole.endswith(secret[:count])
            ),
            default=0,
        )

    def _take(self, whole: bytes, count: int) -> list[Part]:
        """The first *count* bytes as parts of their pieces; the rest stays."""
        taken: list[Part] = []
        kept: list[Part] = []
        start = 0
        for part in self._held:
            at, end = part.piece.at, start + len(part.piece.data)
            cut = min(max(start, count), end)
            if cut > start:
                taken.append(Part(Piece(at, whole[start:cut]), part.goes_on))
            if cut < end:
                kept.append(Part(Piece(at, whole[cut:end]), part.goes_on or cut > start))
            start = end
        self._held = kept
        return taken
