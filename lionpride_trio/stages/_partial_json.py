"""One JSON document that can be used before it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._errors import DecodeError, LimitExceeded
from ._checks import MAX_HOLD
from ._holding import Holding
from ._json_events import JSONEvent
from ._json_parser import JSONParser


class PartialJSON(Holding):
    """The text of one JSON document in, `JSONEvent` objects out; ``value`` is the value so far.

    Strings grow as their text comes; numbers, true, false and null show themselves when they are
    whole.  Of two equal keys the last wins.  The final value equals what `json.loads` gives (it
    takes ``NaN`` and ``Infinity`` too), and integers of any size are exact.

    Holds back a key, number or word that has not ended, half an escape, and half a surrogate pair.
    A number that is all of the document ends with the white space after it, or at the flush.

    Laws: chunking-invariant (``"append"`` events of one string joined), linear.  The value is kept
    whole, of course.

    *allow_partial*: a document that was cut off is no error at the flush; ``complete`` tells.

    :raises DecodeError: it is no JSON, something stands after it, or (at the flush) it was cut off.
    :raises LimitExceeded: it is nested more than 256 deep, a key is longer than *max_hold*,
        or a number has more than 100,000 digits.
    """

    def __init__(
        self,
        *,
        allow_partial: bool = False,
        max_hold: int = MAX_HOLD,
    ) -> None:
        super().__init__(max_hold=max_hold)
        self._allow_partial = allow_partial
        self._events: list[JSONEvent] = []
        self._parser = JSONParser(max_hold=max_hold, events=self._events)

    @property
    def value(self) -> Any:
        """The value so far; None before it began.

        The containers are the live ones: look, and do not change them.  A string that still grows
        is brought up to date by this property, which takes time for all of its text; to follow a
        long string closely, take the ``"append"`` events.
        """
        return self._parser.value

    @property
    def complete(self) -> bool:
        """True once the document is whole.  A number alone is whole when its end was seen."""
        return self._parser.complete

    def feed(self, text: str) -> Sequence[JSONEvent]:
        if self._flushed:
            self._refuse()
        try:
            self._parser.finish(text, self._parser.consume(text))
        except (DecodeError, LimitExceeded) as error:
            return self._fail(error, self._handed_over())
        return self._handed_over() if self._events else ()

    def flush(self) -> Sequence[JSONEvent]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        try:
            self._parser.end()
        except DecodeError as error:
            if not self._allow_partial:
                return self._fail(error, self._handed_over())
        return self._handed_over()

    def break_off(self) -> Sequence[JSONEvent]:
        """Nothing more: each event was given when its text came, and a cut document is no error."""
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        return ()

    def _handed_over(self) -> list[JSONEvent]:
        events = self._events.copy()
        self._events.clear()
        return events
