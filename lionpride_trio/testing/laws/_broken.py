"""Trying a law on many examples, and the error for one that is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic, TypeVar, cast

import attrs
import hypothesis
from hypothesis import HealthCheck, strategies as st
from hypothesis.errors import Flaky

T = TypeVar("T")

MOST_SHOWN: Final = 600
MOST_TRIES: Final = 2000


class LawBroken(AssertionError):
    """A law does not hold.  ``law`` is its name; the text says what was broken, on what input."""

    def __init__(self, law: str, message: str) -> None:
        super().__init__(f"{law}: {message}")
        self.law = law


def shown(value: object) -> str:
    """*value* for a message, shortened where it is long."""
    text = repr(value)
    if len(text) <= MOST_SHOWN:
        return text
    return f"{text[: MOST_SHOWN - 40]} … ({len(text)} characters)"


@attrs.frozen(repr=False)
class _Example(Generic[T]):
    """An example whose ``repr`` is short enough for the notes that hypothesis makes."""

    value: T

    def __repr__(self) -> str:
        return shown(self.value)


def for_all(
    examples: st.SearchStrategy[T],
    check: Callable[[T], None],
    settings: hypothesis.settings | None,
    *,
    simpler: Callable[[T], Iterable[T]] | None = None,
) -> None:
    """Try *check* on many examples, and tell of the simplest on which a law is broken.

    *simpler* gives examples that may be simpler than one, for where hypothesis gets no further.
    An error of the checked code comes out as it is, with the example in its notes.
    """

    @hypothesis.settings(
        settings or hypothesis.settings(),
        database=None,  # its keys are functions, and one function checks them all
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=cast(Any, list(HealthCheck)),
    )
    @hypothesis.given(examples.map(_Example))
    def tried(example: _Example[T]) -> None:
        try:
            check(example.value)
        except LawBroken:
            failed[:] = [example.value]
            raise

    failed: list[T] = []
    try:
        tried()
    except LawBroken as broken:
        simplest = broken
        if simpler is not None:
            simplest = _simplest(broken, failed[0], check, simpler)
        # Hypothesis notes how its example was drawn; the message says what it is.
        raise LawBroken(simplest.law, str(simplest).removeprefix(f"{simplest.law}: ")) from (
            simplest.__cause__
        )
    except Flaky as flaky:
        raise LawBroken(
            "fresh state",
            "the same input gave one result first and another one later, so something outlives its"
            " stream: look for state on the class or the module",
        ) from flaky


def _simplest(
    broken: LawBroken, example: T, check: Callable[[T], None], simpler: Callable[[T], Iterable[T]]
) -> LawBroken:
    """The same law broken on the simplest example that can be reached step by step."""
    tries = 0
    improved = True
    while improved:
        improved = False
        for candidate in simpler(example):
            tries += 1
            if tries > MOST_TRIES:
                return broken
            try:
                check(candidate)
            except LawBroken as found:
                if found.law == broken.law:
                    broken, example, improved = found, candidate, True
                    break
            except Exception:  # ruff: ignore[try-except-continue] - another mistake, not the one told of
                continue
    return broken


def simpler_text(text: str) -> Iterator[str]:
    """*text* with a part taken away, the largest first; then with a plainer character."""
    size = len(text)
    while size := size // 2 if size > 1 else 0:
        for start in range(0, len(text), size):
            yield text[:start] + text[start + size :]
    if len(text) == 1:
        yield ""
    for place, char in enumerate(text):
        if char != "a":
            yield f"{text[:place]}a{text[place + 1 :]}"
