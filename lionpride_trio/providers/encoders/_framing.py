"""Values to the bytes of an event stream, in one style."""

from __future__ import annotations

import json
from typing import Any, Final, TypeAlias

from ._style import Style

JsonObject: TypeAlias = dict[str, Any]

_compact: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dump(value: object) -> bytes:
    """Encode compactly, in UTF-8 rather than in escapes, as the providers do.

    A lone surrogate, which JSON can name and UTF-8 cannot, becomes a question mark.
    """
    return _compact(value).encode("utf-8", "replace")


class Framing:
    """Writes the events of one stream.

    Invariant: JSON text holds no line break but the encoder's own, so that a value of several lines
    is framed by what stands between them.
    """

    def __init__(self, style: Style, *, line_end: str = "\n", lines: bool = False) -> None:
        """*line_end* is the wire's own; with *lines* each event is a line of JSON and no more."""
        self._noise = iter(style.noise)
        self._noisy = bool(style.noise) or style.byte_order_mark
        self._mark = b"\xef\xbb\xbf" if style.byte_order_mark else b""
        self._named = style.named
        self._end = (line_end if style.line_end is None else style.line_end).encode("ascii")
        field = b":" + b" " * style.blank
        self._name = b"event" + field
        self._before = b"" if lines else b"data" + field
        self._after = self._end * (1 if lines else 2)
        self._next_line = self._end + self._before
        self._one_line = lines or style.json != "indented"
        self._encode = json.JSONEncoder(
            check_circular=False,  # no value here holds itself; looking costs a fifth of an event
            ensure_ascii=style.ascii,
            indent=None if self._one_line else 1,
            separators=(",", ":") if style.json == "compact" else None,
        ).encode

    def event(self, value: Any, name: str | None = None) -> bytes:
        """One event, and the noise before it; a `str` is data as it is."""
        event = self._frame(value, name)
        return self._noise_before() + event if self._noisy else event

    def raw(self, text: str) -> bytes:
        """Lines as they are, such as comments, with the line ends of the stream."""
        mark, self._mark = self._mark, b""
        return mark + text.encode("utf-8").replace(b"\n", self._end)

    def _frame(self, value: Any, name: str | None) -> bytes:
        text = value if value.__class__ is str else self._encode(value)
        data: bytes = text.encode("utf-8", "replace")
        if not self._one_line:
            data = data.replace(b"\n", self._next_line)
        if name is None or not self._named:
            return self._before + data + self._after
        return self._name + name.encode("ascii") + self._end + self._before + data + self._after

    def _noise_before(self) -> bytes:
        noise = next(self._noise, "")
        if isinstance(noise, str):
            return self.raw(noise)
        mark, self._mark = self._mark, b""
        name, value = noise
        return mark + self._frame(value, name)
