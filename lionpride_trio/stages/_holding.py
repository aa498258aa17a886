"""The base of stages that hold input back: a bound, and errors that lose nothing."""

from __future__ import annotations

from typing import NoReturn, TypeVar

from .._checks import check_size
from .._errors import LimitExceeded, LionprideError
from ._checks import MAX_HOLD
from ._protocol import OneStream

T = TypeVar("T")


class Holding(OneStream):
    """Base of the stages that hold back input, and so may have to fail in the middle of a feed.

    A feed may form whole items and then meet an error.  The items are given, and the error is
    raised by the next call, be it a feed or the flush; without such items it is raised at once.
    It latches: every later call raises it again, so that a cut stream never looks whole.
    """

    _error: LionprideError | None = None

    def __init__(self, *, max_hold: int = MAX_HOLD) -> None:
        self._max_hold = check_size(f"{type(self).__name__}: max_hold", max_hold)

    def _fail(self, error: LionprideError, items: list[T]) -> list[T]:
        """End the stream with *error*, after what was *items* before it."""
        self._flushed = True
        self._error = error
        if not items:
            raise error
        return items

    def _too_long(self, what: str) -> LimitExceeded:
        return LimitExceeded(
            f"{what} is longer than max_hold={self._max_hold} characters",
            limit="max_hold",
            value=self._max_hold,
        )

    def _nothing_more(self) -> tuple[()]:
        """The empty result of a second flush, or the error that ended the stream."""
        if self._error is not None:
            raise self._error
        return ()

    def _refuse(self) -> NoReturn:
        if self._error is not None:
            raise self._error
        super()._refuse()
