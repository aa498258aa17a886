"""The format: JSON Lines that a person can read and compare.

The first line names the format and its version.  Each call has a line for its request, one for the
head of the answer, one for each read of the body (its text, or base64 where it was cut inside a
character), and one for how it ended.  Each begins with the number of its call, because the lines of
calls that run at the same time are mixed.  Times are seconds since the request.

A line is written after the event that it tells of.  So a call without an end is one whose program
was killed, and a last line that is no JSON is one that the kill cut.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from ._call import Piece, RecordedCall

FORMAT: Final = "lionpride_trio recording"
VERSION: Final = 1

Ended: TypeAlias = Literal["end", "left", "failed"]


def header() -> str:
    """The first line."""
    return _line({"format": FORMAT, "version": VERSION})


def request_line(number: int, call: RecordedCall) -> str:
    """The first line of a call."""
    request = {
        "method": call.method,
        "url": call.url,
        "headers": dict(call.headers),
        "body": call.body,
    }
    value = {"request": request, "provider": call.provider, "endpoint": call.endpoint}
    return _line({"call": number, **value})


def answer_line(number: int, at: float, status: int, headers: Mapping[str, str]) -> str:
    """The line of the head of an answer."""
    response = {"status": status, "headers": dict(headers)}
    return _line({"call": number, "at": _time(at), "response": response})


def piece_line(number: int, piece: Piece, *, goes_on: bool = False) -> str:
    """The line of a read, or of a part of one that *goes_on* from the line before it."""
    data: dict[str, Any]
    try:
        data = {"text": piece.data.decode()}
    except UnicodeDecodeError:
        data = {"base64": base64.b64encode(piece.data).decode()}
    if goes_on:
        data["goes_on"] = True
    return _line({"call": number, "at": _time(piece.at), **data})


def end_line(number: int, at: float, end: Ended, error: tuple[str, str] | None) -> str:
    """The last line of a call."""
    value: dict[str, Any] = {"call": number, "at": _time(at), "end": end}
    if error is not None:
        value["error"] = {"type": error[0], "message": error[1]}
    return _line(value)


def _line(value: Mapping[str, Any]) -> str:
    line = json.dumps(value, ensure_ascii=False)
    # Half of a character, which UTF-8 cannot encode, is written as its escape.
    return (line if line.isascii() or _encodes(line) else json.dumps(value)) + "\n"


def _encodes(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _time(seconds: float) -> float:
    return round(seconds, 4)
