"""The signs of the command line on a terminal or pipe whose encoding does not have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..observe._terminal import ASCII_SIGNS

_SIGNS: Final[Mapping[str, str]] = {**ASCII_SIGNS, "▶": ">", "✓": "+", "–": "-", "→": ">"}
"""One character for each, so that columns stay: an escape has six."""


def replace_signs(error: UnicodeError) -> tuple[str, int]:
    """The text for characters that a stream could not encode: of ours another sign, of others an escape."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    shown = (_SIGNS.get(one) or one.encode("ascii", "backslashreplace").decode() for one in missing)
    return "".join(shown), error.end
