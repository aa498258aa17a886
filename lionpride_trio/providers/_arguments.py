"""The arguments of one tool call, as far as they have come, told once however often they are sent.

Arguments are one JSON object (but for custom tools).  So what begins like another object after a
whole one cannot go on with it: the server tells the arguments again.
"""

from __future__ import annotations

import io

from .._errors import LionprideError
from ..wire._json import loads


class Arguments:
    """Pieces in; what of each is new out."""

    def __init__(self) -> None:
        self._told = io.StringIO()
        self._may_be_whole = False
        self._whole: bool | None = None
        self.begun = False
        """Whether a piece has come."""
        self.free = False
        """Whether they are any text, as the input of a custom tool: then nothing shows a repetition."""

    def add(self, piece: str) -> str:
        """Take *piece* in; what of it was not told before."""
        if not piece or (not self.free and self._repeats(piece)):
            return ""
        self.begun = True
        self._told.write(piece)
        end = piece.rstrip()[-1:]
        self._may_be_whole = end == "}" if end else self._may_be_whole
        self._whole = None
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
            self._whole = self._may_be_whole and _is_object(self._told.getvalue())
        return self._whole


def _is_object(text: str) -> bool:
    try:
        return isinstance(loads(text), dict)
    except LionprideError:
        return False
