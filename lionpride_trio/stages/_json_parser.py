r"""One JSON document in any pieces: the grammar, the value so far, and events on the way.

Goals: the language of `json.loads` (so ``NaN`` and ``Infinity`` too), and its values; work linear in
the input, fed a character at a time or not; nothing is ever shown that what comes may change: no
half number, half escape, or half of a surrogate pair that two escapes make.

Strategy: a machine with a state and a stack of open containers, and no recursion, so that it can stop
after any character.  The value is built while it is read: a container is put into the one around it
when it opens.  A token of several characters (`_json_tokens`) reads itself; the machine acts on its end.

Plan: `consume` goes from token to token.  Between tokens, `_read_mark` says what a character means in
the state that the machine is in.

Invariants, and what breaks without them:

*A container stands in its place before anything is in it*, and a string from its first character on:
``value`` hands out the live tree, and must not have to build it for each look.

*A growing string is joined only when somebody looks.*  Joined for each piece, a string in n pieces
would cost n² / 2 copies of a piece.

*``seen`` is the place of the token that is read, or of the character that was refused.*  Errors name it, and
`JSONValues` finds by it where to look again; counted in the text of one feed, both would depend on the cuts.

*The ``"append"`` events are told at the end of each `consume`, however it ends*: what was read before a
mistake is as good as what a feed before it brought.
"""

from __future__ import annotations

import re
from typing import Any, Final

from .._errors import DecodeError, LimitExceeded
from ..wire._json import MAX_DEPTH
from ._json_events import JSONEvent, Kind, Path
from ._json_tokens import (
    NUMBER_STARTS,
    WORD_OF,
    KeyToken,
    NumberToken,
    StringToken,
    UnexpectedCharacter,
    WordToken,
)

# The states: the thing that the machine expects, or is in.
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


class JSONParser:
    """Reads one document; `consume` stops after its last character.

    Events are made only if *events* is a list for them.  *seen* is where the document begins in a
    longer text, for the positions that errors tell.
    """

    # The token that has not ended: there is the one that the state says.
    _string: StringToken
    _number: NumberToken
    _word: WordToken

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
        self._is_key = False
        # Of the string that has not ended: its path, and the fragments that no event has told yet.
        self._path: Path = ()
        self._untold: list[str] | None = None if events is None else []

    @property
    def value(self) -> Any:
        """The value so far: the live containers, with the growing string as long as it is now."""
        if self._state == _STRING and not self._is_key:
            self._put_string(self._string.text())
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
                    at = self._string.read(text, at, end)
                    if self._string.ended:
                        self._end_string()
                elif state == _NUMBER:
                    at = self._number.read(text, at, end)
                    if at < end:
                        self._end_number(text[at])
                elif state == _WORD:
                    at = self._word.read(text, at, end)
                    if self._word.ended:
                        self._scalar(self._word.value())
                elif (char := text[at]) in " \t\n\r":
                    at = _SPACE.match(text, at, end).end()  # type: ignore[union-attr]
                else:
                    at = self._read_mark(char, at)
        except UnexpectedCharacter as wrong:
            self.seen = before + wrong.at
            raise self.refuse(text[wrong.at], wrong.expected) from None
        finally:
            if self._untold:
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
            self._scalar(self._number.value())
        if self._state != _DONE:
            raise DecodeError(f"the JSON document is cut off after {self.seen} characters")

    def refuse(self, char: str, expected: str = "nothing more") -> DecodeError:
        """The error for *char* at the place that was reached."""
        return DecodeError(
            f"not JSON at character {self.seen}: {char!r} where {expected} is expected", line=char
        )

    def _read_mark(self, char: str, at: int) -> int:
        """Read one character outside strings, numbers and words."""
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
                self._string = KeyToken(self._max_hold)
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
        elif char in NUMBER_STARTS:
            self._state = _NUMBER
            self._number = NumberToken(self.seen)
            return at
        elif char in WORD_OF:
            self._state = _WORD
            self._word = WordToken(WORD_OF[char])
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
        """Put what the string is now into the place that `_put` gave it."""
        if not self._stack:
            self._root = text
        elif (top := self._stack[-1]).__class__ is list:
            top[-1] = text
        else:
            top[self._key] = text

    def _tell(self, path: Path, kind: Kind, value: Any) -> None:
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
        self._state = _NEXT if self._stack else _DONE
        self._tell(self._paths.pop(), "end", container)

    # -- the ends of tokens ------------------------------------------------------------------------

    def _begin_string(self) -> None:
        self._state = _STRING
        self._is_key = False
        self._string = StringToken(self._untold)
        self._path = self._next_path() if self._events is not None else ()
        self._put("")
        self._tell(self._path, "start", "")

    def _end_string(self) -> None:
        text = self._string.text()
        if self._is_key:
            self._key = text
            self._state = _COLON
            return
        self._tell_text()
        self._put_string(text)
        self._state = _NEXT if self._stack else _DONE
        self._tell(self._path, "end", text)

    def _tell_text(self) -> None:
        if self._untold:
            self._tell(self._path, "append", "".join(self._untold))
            self._untold.clear()

    def _end_number(self, following: str) -> None:
        word = self._number.word(following)
        if word is None:
            self._scalar(self._number.value())
        else:
            self._word = word
            self._state = _WORD

    def _scalar(self, value: Any) -> None:
        path = self._next_path() if self._events is not None else ()
        self._put(value)
        self._state = _NEXT if self._stack else _DONE
        self._tell(path, "value", value)
