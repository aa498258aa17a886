"""The options of a splitter, and the errors for wrong ones."""

from __future__ import annotations

import re
from typing import Final

from ..._checks import check_size
from ..._errors import ConfigurationError
from .tables import CODES, LANGUAGES

_TAG: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*\Z")


def check_options(
    language: str | None, max_chars: int | None, first: str | None, code: str
) -> str | None:
    """The two or three letters of the language's tag, if all options are good."""
    found = _language(language)
    if max_chars is not None:
        check_size("SentenceSplitter: max_chars", max_chars)
    if first not in {None, "clause"}:
        raise ConfigurationError(
            f'SentenceSplitter needs first=None or first="clause", not {first!r}'
        )
    if code not in {"line", "block"}:
        raise ConfigurationError(
            f'SentenceSplitter needs code="line" or code="block", not {code!r}'
        )
    return found


def _language(code: str | None) -> str | None:
    """The two or three letters of a language tag."""
    if code is None:
        return None
    tag = _TAG.match(code) if isinstance(code, str) else None
    language = tag[1].lower() if tag else None
    if language not in CODES:
        raise ConfigurationError(
            'SentenceSplitter needs a language code of two letters for language, such as "en" or'
            f' "pt-BR", or None for all languages at once, not {code!r}: it has tables for '
            + ", ".join(sorted(LANGUAGES))
        )
    return language
