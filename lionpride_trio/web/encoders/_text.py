"""``text``: the text of the answer, and nothing else."""

from __future__ import annotations

from typing import Any

from ..._chunks import Chunk
from ..._response import Response
from ..._safe_text import replace_lone_surrogates
from ._encoder import Machine
from ._failures import Failure
from ._plain import dump, plain


class TextEncoder(Machine):
    """Writes the text of the first answer.

    Items that are neither text nor chunks are lines of JSON.  A failure has no words here: it can only
    break the connection.
    """

    media_type = "text/plain; charset=utf-8"

    _half = ""
    """The first half of a surrogate pair, whose second half may begin the next piece."""

    def _write(self, item: Any, id: int | str | None) -> bytes:
        if isinstance(item, Chunk):
            text = "" if item.index else item.data
        else:
            text = item if isinstance(item, str) else dump(plain(item)) + "\n"
        if text.isascii() and not self._half:
            return text.encode()
        text, self._half = self._half + text, ""
        if "\ud800" <= text[-1:] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        return _encoded(text)

    def _end(self, response: Response | None) -> bytes:
        return _encoded(self._half)

    def _failed(self, failure: Failure) -> bytes:
        return b""


def _encoded(text: str) -> bytes:
    """*text* with its surrogate pairs as the signs that they are, and what is no pair replaced."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return replace_lone_surrogates(joined).encode()
