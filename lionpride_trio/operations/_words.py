"""Options of a builder's methods: an unknown word is refused, and the nearest known one is named."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Final, NoReturn, ParamSpec, TypeVar

from .._errors import ConfigurationError
from .._hints import closest

P = ParamSpec("P")
R = TypeVar("R")

_MEANT: Final = {"retries": "retry", "max_retries": "retry", "after": "depends_on"}
_CLOSE: Final = 0.85
_OF_MODELS: Final = frozenset({"instructions"})
"""Options of a model's request that look like a builder's and are none."""


def known_words(method: Callable[P, R]) -> Callable[P, R]:
    """*method*, which refuses an option that it does not have before Python does.

    Python would name the word and not the option that was meant.  A misspelled edge that was taken for a
    parameter of one's own would be lost: the operation would run too early.
    """
    words = tuple(inspect.signature(method).parameters)[1:]
    known = frozenset(words)

    @functools.wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not known.issuperset(kwargs):
            word = next(word for word in kwargs if word not in known)
            _refuse(method.__name__, word, words)
        return method(*args, **kwargs)

    return checked


def check_options(method: Callable[..., object], options: Iterable[str]) -> None:
    """Refuse *options* of a model's request that are misspelled options of the method.

    :raises ConfigurationError: names the word and the option that was meant.
    """
    words: tuple[str, ...] = ()
    for option in options:
        words = words or tuple(inspect.signature(method).parameters)[1:]
        if option not in _OF_MODELS and _nearest(option, words):
            _refuse(method.__name__, option, words)


def _refuse(method: str, word: str, words: tuple[str, ...]) -> NoReturn:
    close = _nearest(word, words)
    if close:
        hint = f"did you mean {close!r}?"
    elif "parameters" in words:
        hint = f"a parameter of your own goes into parameters={{{word!r}: …}}"
    else:
        hint = f"it takes {', '.join(words)}"
    raise ConfigurationError(f"{method}() has no option {word!r}: {hint}")


def _nearest(word: str, words: tuple[str, ...]) -> str | None:
    meant = _MEANT.get(word)
    return meant if meant in words else closest(word, words, _CLOSE)
