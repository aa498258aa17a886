"""Options of a request: what is unknown is passed on, what is misspelt is an error.

A name that no one knows may be a provider's newest option, so it goes through.  One that is nearly a
known name (``temprature``) is taken for a mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._errors import ConfigurationError
from .._hints import closest


def check_options(
    options: Mapping[str, Any], known: Iterable[str], *, reserved: Iterable[str] = ()
) -> None:
    """Refuse misspelt names among *options*, and names that this library sets itself.

    :raises ConfigurationError: names the option and what to write instead.
    """
    names = frozenset(known)
    taken = frozenset(reserved)
    for option in options:
        if option in taken:
            raise ConfigurationError(f"option {option!r} is set by the call itself: leave it out")
        if option in names:
            continue
        close = closest(option, names, cutoff=0.84)
        if close:
            raise ConfigurationError(f"unknown option {option!r}: did you mean {close!r}?")
