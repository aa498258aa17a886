"""JSON values one after another in a text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, Final

from .._errors import DecodeError, LimitExceeded
from ..wire._json import MAX_DEPTH, is_too_deep
from ._checks import MAX_HOLD
from ._holding import Holding
from ._json_parser import JSONParser
from ._json_tokens import MAX_DIGITS

_BETWEEN: Final = re.compile(r"[ \t\n\r,]*")
_PROSE: Final = re.compile(r"[^\[{]*")
_MAY_BE_WHOLE: Final = re.compile(r'"|\[[ \t\n\r]*[]["{0-9tfnNI-]|\{[ \t\n\r]*["}]')
_DECODER: Final = json.JSONDecoder()


class JSONValues(Holding):
    """Text in, decoded JSON values out, each as soon as its last character has come.

    Between values there may be white space and commas, or nothing where a string, object or array
    begins or ends.  A number is known to have ended by the character after it, or by the flush.
    Anything else is an error, unless *skip_prose*: then only objects and arrays are values, and the
    text around them is left out.  Text that begins like a value and turns out to be none is prose too, and
    is searched for values.  A value that the end of the text cuts off is not searched: its inner values
    are not the answer's.

    Values are those of `json.loads` (it takes ``NaN`` and ``Infinity`` too); integers of any size
    are exact.  Holds back the value that has not ended.  Where the stream fails, that is left out.

    Laws: chunking-invariant, linear.

    :raises DecodeError: it is no JSON, or, at the flush, the last value was cut off.
    :raises LimitExceeded: a value is longer than *max_hold*, nested more than 256 deep, or a number
        has more than 100,000 digits.
    """

    def __init__(self, *, skip_prose: bool = False, max_hold: int = MAX_HOLD) -> None:
        super().__init__(max_hold=max_hold)
        self._skip_prose = skip_prose
        # The value that has not ended, and its length so far.
        self._parser: JSONParser | None = None
        self._size = 0
        # In prose: the text of that value but for what this feed has of it; and the places in the whole
        # text where a bracket is known to begin no value.
        self._held: list[str] = []
        self._refuted: set[int] = set()
        # Whether a number or word stands right before.
        self._after_scalar = False
        # Whether the quick way is worth a try in this feed.
        self._quick = True
        # Where in the whole text the text of this feed begins.
        self._begin = 0

    def feed(self, text: str) -> Sequence[Any]:
        if self._flushed:
            self._refuse()
        values: list[Any] = []
        try:
            self._read(text, values)
        except (DecodeError, LimitExceeded) as error:
            return self._fail(error, values)
        return values

    def flush(self) -> Sequence[Any]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        values: list[Any] = []
        try:
            if self._parser is not None:
                self._parser.end()
                values.append(self._parser.value)
        except (DecodeError, LimitExceeded) as error:
            return self._fail(error, values)
        return values

    def break_off(self) -> Sequence[Any]:
        """Nothing more: what is whole was given, and of the rest nobody can tell what it would be."""
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        return ()

    def _read(self, text: str, values: list[Any]) -> None:
        self._quick = True
        at = 0
        # Where the value that has not ended begins in this text.
        self._start = 0
        while at < len(text):
            if self._parser is None:
                at = self._begin_value(text, at, values)
                continue
            try:
                at = self._go_on(self._parser, text, at, values)
            except DecodeError:
                if not self._skip_prose:
                    raise
                self._refute(self._parser)
                if self._held:
                    text = self._take_held() + text
                    self._start = 0
                at = self._start
        if self._skip_prose and self._parser is not None:
            self._held.append(text[self._start :])
        self._begin += len(text)

    def _refute(self, parser: JSONParser) -> None:
        """Drop *parser*: no value begins where it began, nor at a bracket that is open in it."""
        places = parser.open_places
        self._refuted = {place for place in self._refuted if place > places[0]}.union(places)
        self._parser = None

    def _take_held(self) -> str:
        """The held text, to be read again."""
        held = "".join(self._held)
        self._held.clear()
        self._begin -= len(held)
        return held

    def _begin_value(self, text: str, at: int, values: list[Any]) -> int:
        """Go to the next value and begin it; at once to its end if the whole of it is here."""
        between = _PROSE if self._skip_prose else _BETWEEN
        start = between.match(text, at).end()  # type: ignore[union-attr]
        if self._refuted and self._begin + start in self._refuted:
            return start + 1
        if start > at:
            self._after_scalar = False
        if start == len(text):
            return start
        parser = JSONParser(max_hold=self._max_hold, seen=self._begin + start)
        char = text[start]
        if char in '[{"':
            end = self._read_whole(text, start, values)
            if end > start:
                self._after_scalar = False
                return end
        elif self._after_scalar:
            raise parser.refuse(char, "white space or a comma")
        self._parser = parser
        self._size = 0
        self._start = start
        return start

    def _read_whole(self, text: str, start: int, values: list[Any]) -> int:
        """The quick way, in C, for a value that is whole and has nothing that needs care."""
        if not self._quick or not _MAY_BE_WHOLE.match(text, start):
            return start
        try:
            value, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError):
            # Once a feed is enough: the error has counted the lines of all the text before it.
            self._quick = False
            return start
        if end - start > min(self._max_hold, MAX_DIGITS):
            return start
        brackets = text.count("[", start, end) + text.count("{", start, end)
        if brackets > MAX_DEPTH and is_too_deep(text[start:end]):
            return start
        values.append(value)
        return end

    def _go_on(self, parser: JSONParser, text: str, at: int, values: list[Any]) -> int:
        # One character more than the room, so that the bound is passed at the same place however the text is cut.
        room = self._max_hold - self._size + 1
        end = parser.consume(text, at, min(at + room, len(text)))
        self._size += end - at
        if self._size > self._max_hold:
            raise self._too_long("a value")
        if parser.complete:
            value = parser.value
            values.append(value)
            self._after_scalar = not isinstance(value, str | list | dict)
            self._parser = None
            self._held.clear()
        return end
