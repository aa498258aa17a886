"""The arguments of one tool call, as far as they have come, told once however often they are sent.

Arguments are one JSON object (but for custom tools).  So what begins like another object after a
whole one cannot go on with it: the server tells the arguments again.
"""

from __future__ import annotations

import io
from typing import Final

from .._errors import LionprideError
from ..wire._json import loads

_OPENINGS: Final = "{ \t\r\n"
"""The first characters of a text that may be an object."""


class Arguments:
    """Pieces in; what of each is new out."""

    def __init__(self) -> None:
        self._told = io.StringIO()
        self._end = ""
        self._whole: bool | None = None
        self.begun = False
        """Whether a piece has come."""
        self.free = False
        """Whether they are any text, as the input of a custom tool: then nothing shows a repetition."""

    def add(self, piece: str) -> str:
        """Take *piece* in; what of it was not told before."""
        if not piece or (piece[0] in _OPENINGS and not self.free and self._repeats(piece)):
            return ""
        self.begun = True
        self._whole = None
        self._told.write(piece)
        self._end = piece
        return piece

    def _repeats(self, piece: str) -> bool:
        if self._told.tell():
            return piece.lstrip()[:1] == "{" and self.whole
        if piece.strip() != "{}":
            return False
        # Some servers begin with the empty input of another API's opening, and the real one follows.
        # Where none does, a call without arguments has these anyway.
        self.begun = self._whole = True
        return True

    def add_whole(self, whole: str) -> str:
        """Take in that *whole* are all the arguments; what of them was not told before."""
        told = self._told.getvalue()
        return self.add(whole[len(told) :]) if whole.startswith(told) else ""

    def equal(self, text: str) -> bool:
        """Whether *text* is all that was told."""
        return self._told.getvalue() == text

    @property
    def whole(self) -> bool:
        """Whether a whole object has come, to which nothing can be added."""
        if self._whole is None:
            # Asked for each piece that begins an inner object, so the end of the text is asked first.
            end = self._end.rstrip()
            self._whole = end[-1:] in {"}", ""} and _is_object(self._told.getvalue())
        return self._whole


def _is_object(text: str) -> bool:
    try:
        return isinstance(loads(text), dict)
    except LionprideError:
        return False
