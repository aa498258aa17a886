r"""One JSON document in any pieces: the grammar, the value so far, and events on the way.

Goals: the language of `json.loads` (so ``NaN`` and ``Infinity`` too), and its values; work linear in
the input, fed a character at a time or not; nothing is ever shown that what comes may change: no
half number, half escape, or half of a surrogate pair that two escapes make.

Plan: a machine with a state and a stack of open containers.  Runs of plain characters are found by
regular expressions, and kept as fragments.  A growing string is joined only when somebody looks;
what was joined is one fragment from then on.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import attrs

from .._errors import DecodeError, LimitExceeded
from ..wire._json import MAX_DEPTH

MAX_DIGITS: Final = 100_000
"""Characters of the longest number: reading one takes more than linear time."""

Path = tuple[str | int, ...]


@attrs.frozen
class JSONEvent:
    """Something that happened in a JSON document.

    - ``"start"``: an object, array or string begins; ``value`` is ``{}``, ``[]`` or ``""``.
    - ``"append"``: the string goes on; ``value`` is the new text.  Never empty.
    - ``"end"``: the object, array or string is whole; ``value`` is all of it.
    - ``"value"``: a number, true, false or null; ``value`` is it.
    """

    path: Path
    """The keys and indexes that lead to the value; empty for the document itself."""
    kind: Literal["start", "append", "end", "value"]
    value: Any


# What the machine expects or is in.
_VALUE, _FIRST_ITEM, _FIRST_KEY, _KEY, _COLON, _NEXT, _STRING, _NUMBER, _WORD, _DONE = range(10)
_EXPECTED: Final = {
    _VALUE: "a value",
    _FIRST_ITEM: "a value or ]",
    _FIRST_KEY: "a key in double quotes or }",
    _KEY: "a key in double quotes",
    _COLON: "a colon",
    _DONE: "nothing more",
}

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_NUMBER_CHARS = re.compile(r"[-+0-9.eE]*")
_NUMBER_FORM = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_HEX = re.compile(r"[0-9a-fA-F]{0,4}")
_WORDS: Final[dict[str, Any]] = {
    "true": True,
    "false": False,
    "null": None,
    "NaN": float("nan"),
    "Infinity": float("inf"),
    "-Infinity": float("-inf"),
}
_WORD_OF: Final = {word[0]: word for word in _WORDS if word[0] != "-"}
_ESCAPES: Final = {
    '"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t",
}  # fmt: skip


class JSONParser:
    """Reads one document; `consume` stops after its last character.

    Events are made only if *events* is a list for them.  *seen* is where the document begins in a
    longer text, for the positions that errors tell.
    """

    def __init__(
        self, *, max_hold: int, events: list[JSONEvent] | None = None, seen: int = 0
    ) -> None:
        self._max_hold = max_hold
        self._events = events
        self._state = _VALUE
        # How far the text was read, or where it was found to be no JSON.
        self.seen = seen
        self._root: Any = None
        self._stack: list[Any] = []
        self._paths: list[Path] = []
        # Where the objects and arrays that are open begin.
        self.open_places: list[int] = []
        self._key = ""
        # The token that has not ended: fragments, and whether it is a key.
        self._pieces: list[str] = []
        self._size = 0
        self._is_key = False
        self._path: Path = ()
        self._word = ""
        self._number_at = 0
        # Of a string: the new fragments that no event has told yet, an escape that has not ended,
        # and the first half of a surrogate pair.
        self._untold: list[str] = []
        self._escape = ""
        self._high = ""

    @property
    def value(self) -> Any:
        """The value so far: the live containers, with the growing string as long as it is now."""
        if self._state == _STRING and not self._is_key:
            text = "".join(self._pieces)
            self._pieces = [text]
            self._put_string(text)
        return self._root

    @property
    def complete(self) -> bool:
        """Whether the document is whole."""
        return self._state == _DONE

    @property
    def open_path(self) -> Path:
        """The path of the innermost value that has not ended, or that is expected next.

        The paths are needed for it, so this parser has to make events; so has it for `detach`.
        """
        if not self._stack:
            return ()
        if self._state == _STRING and not self._is_key:
            return self._path
        is_inside = self._state in {_VALUE, _NUMBER, _WORD, _COLON}
        return self._next_path() if is_inside else self._paths[-1]

    def detach(self) -> None:
        """Go on with copies of the containers that are open, so that a `value` seen before stays as it is.

        Takes time for the items of those containers; what is closed never changes again.
        """
        above: Any = None
        for depth, container in enumerate(self._stack):
            copied = container.copy()
            if above is None:
                self._root = copied
            else:
                above[self._paths[depth][-1]] = copied
            self._stack[depth] = above = copied

    def consume(self, text: str, start: int = 0, end: int | None = None) -> int:
        """Read *text* from *start* on, and say where the document ended, or *end*.

        :raises DecodeError: it is no JSON.
        :raises LimitExceeded: it is nested too deep, or a key or number is too long.
        """
        at = start
        end = len(text) if end is None else end
        before = self.seen - start
        try:
            while at < end and self._state != _DONE:
                state = self._state
                self.seen = before + at
                if state == _STRING:
                    at = self._read_string(text, at, end)
                elif state == _NUMBER:
                    at = self._read_number(text, at, end)
                elif state == _WORD:
                    at = self._read_word(text, at, end)
                elif (char := text[at]) in " \t\n\r":
                    at = _SPACE.match(text, at, end).end()  # type: ignore[union-attr]
                else:
                    at = self._read_mark(char, at)
        finally:
            self._tell_text()
        self.seen = before + at
        return at

    def finish(self, text: str, start: int) -> None:
        """Read what follows the document, which has to be white space.

        :raises DecodeError: it is something else.
        """
        end = _SPACE.match(text, start).end()  # type: ignore[union-attr]
        self.seen += end - start
        if end < len(text):
            raise self.refuse(text[end])

    def end(self) -> None:
        """The text has ended.

        :raises DecodeError: the document has not.
        """
        if self._state == _NUMBER and not self._stack:
            self._end_number()
        if self._state != _DONE:
            raise DecodeError(f"the JSON document is cut off after {self.seen} characters")

    def refuse(self, char: str, expected: str = "nothing more") -> DecodeError:
        """The error for *char* at the place that was reached."""
        return DecodeError(
            f"not JSON at character {self.seen}: {char!r} where {expected} is expected", line=char
        )

    def _read_mark(self, char: str, at: int) -> int:
        """One character outside strings, numbers and words."""
        state = self._state
        if state == _NEXT:
            if char == ",":
                self._state = _VALUE if type(self._stack[-1]) is list else _KEY
            elif char in "]}" and (char == "]") == (type(self._stack[-1]) is list):
                self._close()
            else:
                closing = "]" if type(self._stack[-1]) is list else "}"
                raise self.refuse(char, f"a comma or {closing}")
        elif state == _COLON:
            if char != ":":
                raise self.refuse(char, _EXPECTED[state])
            self._state = _VALUE
        elif state in {_KEY, _FIRST_KEY}:
            if char == '"':
                self._state = _STRING
                self._is_key = True
            elif char == "}" and state == _FIRST_KEY:
                self._close()
            else:
                raise self.refuse(char, _EXPECTED[state])
        elif char == '"':
            self._begin_string()
        elif char == "{":
            self._open({}, _FIRST_KEY)
        elif char == "[":
            self._open([], _FIRST_ITEM)
        elif char == "]" and state == _FIRST_ITEM:
            self._close()
        elif char in "-0123456789":
            self._state = _NUMBER
            self._number_at = self.seen
            return at
        elif char in _WORD_OF:
            self._state = _WORD
            self._word = _WORD_OF[char]
            return at
        else:
            raise self.refuse(char, _EXPECTED[state])
        return at + 1

    # -- places ------------------------------------------------------------------------------------

    def _next_path(self) -> Path:
        if not self._stack:
            return ()
        top = self._stack[-1]
        return (*self._paths[-1], len(top) if top.__class__ is list else self._key)

    def _put(self, value: Any) -> None:
        if not self._stack:
            self._root = value
        elif (top := self._stack[-1]).__class__ is list:
            top.append(value)
        else:
            top[self._key] = value

    def _put_string(self, text: str) -> None:
        if not self._stack:
            self._root = text
        elif (top := self._stack[-1]).__class__ is list:
            top[-1] = text
        else:
            top[self._key] = text

    def _tell(
        self, path: Path, kind: Literal["start", "append", "end", "value"], value: Any
    ) -> None:
        if self._events is not None:
            self._events.append(JSONEvent(path, kind, value))

    def _open(self, container: Any, state: int) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise LimitExceeded(
                f"JSON nested more than {MAX_DEPTH} levels deep",
                limit="json_depth",
                value=MAX_DEPTH,
            )
        path = self._next_path() if self._events is not None else ()
        self._put(container)
        self._stack.append(container)
        self._paths.append(path)
        self.open_places.append(self.seen)
        self._state = state
        self._tell(path, "start", type(container)())

    def _close(self) -> None:
        container = self._stack.pop()
        self.open_places.pop()
        self._after_value()
        self._tell(self._paths.pop(), "end", container)

    def _after_value(self) -> None:
        self._state = _NEXT if self._stack else _DONE
        self._pieces.clear()
        self._size = 0

    def _scalar(self, value: Any) -> None:
        path = self._next_path() if self._events is not None else ()
        self._put(value)
        self._after_value()
        self._tell(path, "value", value)

    def _hold(self, piece: str, what: str, limit: str, most: int) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > most:
            raise LimitExceeded(
                f"a {what} is longer than {limit}={most} characters", limit=limit, value=most
            )

    # -- strings -----------------------------------------------------------------------------------

    def _begin_string(self) -> None:
        self._state = _STRING
        self._is_key = False
        self._path = self._next_path() if self._events is not None else ()
        self._put("")
        self._tell(self._path, "start", "")

    def _read_string(self, text: str, at: int, end: int) -> int:
        if self._escape:
            return self._read_escape(text, at, end)
        stop = _PLAIN.match(text, at, end).end()  # type: ignore[union-attr]
        if stop > at:
            self._add_high()
            self._add(text[at:stop])
        if stop == end:
            return stop
        char = text[stop]
        if char == "\\":
            self._escape = char
            return stop + 1
        if char != '"':
            self.seen += stop - at
            raise self.refuse(char, "an escape for a control character")
        self._add_high()
        self._end_string()
        return stop + 1

    def _read_escape(self, text: str, at: int, end: int) -> int:
        kind = self._escape[1:2] or text[at]
        length = (6 if kind == "u" else 2) - len(self._escape)
        taken = text[at : min(at + length, end)]
        at += len(taken)
        if kind != "u":
            if kind not in _ESCAPES:
                raise self.refuse(kind, "an escape")
            self._add_high()
            self._add(_ESCAPES[kind])
            self._escape = ""
            return at
        self._escape += taken
        hexed = _HEX.match(self._escape, 2).end()  # type: ignore[union-attr]
        if hexed < len(self._escape):
            self.seen += len(taken) - (len(self._escape) - hexed)
            raise self.refuse(self._escape[hexed], "a hexadecimal digit")
        if hexed == 6:
            self._add_code(int(self._escape.removeprefix("\\u"), 16))
            self._escape = ""
        return at

    def _add_code(self, code: int) -> None:
        if self._high and 0xDC00 <= code <= 0xDFFF:
            code = 0x10000 + ((ord(self._high) - 0xD800) << 10) + (code - 0xDC00)
            self._high = ""
        self._add_high()
        if 0xD800 <= code <= 0xDBFF:
            self._high = chr(code)
        else:
            self._add(chr(code))

    def _add_high(self) -> None:
        """The half of a pair that stays alone, as `json.loads` leaves it."""
        if self._high:
            self._add(self._high)
            self._high = ""

    def _add(self, piece: str) -> None:
        if self._is_key:
            self._hold(piece, "key", "max_hold", self._max_hold)
        else:
            self._pieces.append(piece)
            if self._events is not None:
                self._untold.append(piece)

    def _tell_text(self) -> None:
        if self._untold:
            self._tell(self._path, "append", "".join(self._untold))
            self._untold.clear()

    def _end_string(self) -> None:
        text = "".join(self._pieces)
        if self._is_key:
            self._key = text
            self._after_value()
            self._state = _COLON
            return
        self._tell_text()
        self._put_string(text)
        self._after_value()
        self._tell(self._path, "end", text)

    # -- numbers and words -------------------------------------------------------------------------

    def _read_number(self, text: str, at: int, end: int) -> int:
        stop = _NUMBER_CHARS.match(text, at, end).end()  # type: ignore[union-attr]
        if stop > at:
            self._hold(text[at:stop], "number", "json_digits", MAX_DIGITS)
        if stop == end:
            return stop
        if text[stop] == "I" and self._size == 1 and self._pieces[0] == "-":
            self._state = _WORD
            self._word = "-Infinity"
        else:
            self._end_number()
        return stop

    def _end_number(self) -> None:
        number = "".join(self._pieces)
        form = _NUMBER_FORM.fullmatch(number)
        if form is None:
            raise DecodeError(
                f"not JSON at character {self._number_at}: {number[:40]!r} is no number",
                line=number[:40],
            )
        self._scalar(float(number) if form[1] or form[2] else integer(number))

    def _read_word(self, text: str, at: int, end: int) -> int:
        rest = self._word[self._size :]
        piece = text[at : min(at + len(rest), end)]
        if not rest.startswith(piece):
            wrong = next(i for i, char in enumerate(piece) if char != rest[i])
            self.seen += wrong
            raise self.refuse(piece[wrong], self._word)
        self._size += len(piece)
        if piece == rest:
            self._scalar(_WORDS[self._word])
        return at + len(piece)


def integer(digits: str) -> int:
    """``int(digits)`` for any number of digits: Python's own limit is for the unwary."""
    try:
        return int(digits)
    except ValueError:
        negative = digits.startswith("-")
        number = _natural(digits[negative:])
        return -number if negative else number


def _natural(digits: str) -> int:
    # Halves, so that the large products are of equal sizes, where Python multiplies fast.
    if len(digits) <= 512:
        return int(digits)
    low = len(digits) // 2
    shift: int = 10**low
    return _natural(digits[:-low]) * shift + _natural(digits[-low:])
