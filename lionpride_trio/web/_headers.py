"""The headers that a program gives an answer, checked where they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .._errors import ConfigurationError

_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse headers that would end their line, or that no server sends.

    :raises ConfigurationError: says which.
    """
    if not isinstance(headers, Mapping):
        raise ConfigurationError(
            f'headers= is a mapping, such as {{"x-trace": "7"}}, not {headers!r:.100}'
        )
    for name, value in headers.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ConfigurationError(f"headers=: {name!r:.100} is no name of a header")
        if not isinstance(value, str):
            raise ConfigurationError(f"headers=: {name} has to be a str, not {value!r:.100}")
        if not _VALUE.fullmatch(value) or value != value.strip():
            raise ConfigurationError(
                f"headers=: {name} has to be a line of Latin-1 without blanks at its ends, not"
                f" {value!r:.100}: encode what is more, as with urllib.parse.quote"
            )
