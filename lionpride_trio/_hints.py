"""Guesses at the word that the user meant, for the texts of errors."""

from __future__ import annotations

from collections.abc import Iterable


def closest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of *known* that is most like *word*, if one is at least *cutoff* (of 1) like it."""
    from difflib import get_close_matches  # which an import of the library does not need

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=cutoff)), None)
