"""The file: JSON Lines that a person can read and compare.

The first line names the format and its version.  Each call has a line for its request, one for the
head of the answer, one for each read of the body (its text, or base64 where it was cut inside a
character), and one for how it ended.  Each begins with the number of its call, because the lines of
calls that run at the same time are mixed.  Times are seconds since the request.

A line is written when what it tells of has happened.  So a call without an end is one whose program
was killed, and a last line that is no JSON is one that the kill cut.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, TypeAlias, get_args

import attrs

from .._errors import ConfigurationError

FORMAT: Final = "lionpride_trio recording"
VERSION: Final = 1

Ended: TypeAlias = Literal["end", "left", "failed"]
End: TypeAlias = Ended | Literal["cut"]


@attrs.frozen
class Piece:
    """One read of a body."""

    at: float
    """Seconds from the request to the read."""
    data: bytes
    """What was read."""


@attrs.frozen(kw_only=True)
class RecordedCall:
    """One request and its answer."""

    method: str = "POST"
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """The headers of the request, with secrets masked."""
    body: Any = None
    """Decoded where it is JSON, and a `str` otherwise."""
    provider: str | None = None
    endpoint: str | None = None
    status: int | None = None
    """None where no answer came."""
    answer_headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    """The headers of the answer, with secrets masked."""
    answered_at: float = 0.0
    """Seconds from the request to the head of the answer."""
    pieces: tuple[Piece, ...] = ()
    """The reads of the body, in order."""
    end: End = "end"
    """How the call ended.

    ``end``: the body ended; ``left``: the reader had enough; ``failed``: see `error`; ``cut``: the
    recording has no end of it, because the program was killed.
    """
    ended_at: float = 0.0
    """Seconds from the request to the end."""
    error: tuple[str, str] | None = None
    """The class of the failure and its text."""

    @property
    def answer(self) -> bytes:
        """The whole body of the answer."""
        return b"".join(piece.data for piece in self.pieces)

    def lines(self, number: int) -> Iterator[str]:
        """The call as lines of a recording, in which it has that *number*."""
        yield request_line(number, self)
        if self.status is not None:
            yield answer_line(number, self.answered_at, self.status, self.answer_headers)
        for piece in self.pieces:
            yield piece_line(number, piece)
        if self.end != "cut":
            yield end_line(number, self.ended_at, self.end, self.error)


@attrs.frozen
class Recording:
    """A recorded conversation with a server.  `Recording.load` reads one."""

    calls: tuple[RecordedCall, ...]
    """The calls, in the order of their requests."""
    path: str = ""
    """The file that it was read from."""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Recording:
        """Read a recording.  Blocks for the time of reading a file.

        Calls come in the order of their requests.  Those of a program that was killed have what
        came until then, and end as ``cut``.

        :raises ConfigurationError: there is none, or it is damaged; names the line.
        """
        try:
            *lines, last = Path(path).read_bytes().split(b"\n")
            if _is_json(last):
                lines.append(last)
            text = [line.decode("utf-8") for line in lines]
        except (OSError, UnicodeError) as error:
            raise ConfigurationError(f"{path} cannot be read as a recording: {error}") from error
        return cls(tuple(_Reader(str(path), text).calls()), str(path))

    def text(self) -> str:
        """The recording as it stands in a file."""
        numbered = enumerate(self.calls, 1)
        lines = [header(), *(line for number, call in numbered for line in call.lines(number))]
        return "".join(lines)


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


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


class _Reader:
    def __init__(self, path: str, lines: Iterable[str]) -> None:
        self._path = path
        self._number = 1
        self._lines = lines

    def _refuse(self, why: str) -> NoReturn:
        raise ConfigurationError(f"{self._path}, line {self._number}: {why}")

    def _values(self) -> Iterator[dict[str, Any]]:
        for self._number, line in enumerate(self._lines, 1):  # ruff: ignore[loop-variable-overrides-iterator]
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                self._refuse(f"not JSON: {error}")
            if not isinstance(value, dict):
                self._refuse("a line of a recording is a JSON object")
            yield value

    def calls(self) -> Iterator[RecordedCall]:
        values = self._values()
        first = next(values, None)
        if first is None or first.get("format") != FORMAT:
            self._refuse(f"not a recording: its first line has to say {header().strip()}")
        if first.get("version") != VERSION:
            self._refuse(
                f"version {first.get('version')!r} of the format; this library reads {VERSION}"
            )
        calls: dict[int, dict[str, Any]] = {}
        number = 0
        for value in values:
            is_request = "request" in value
            # Who writes a recording by hand may leave the numbers out: each line is then of the
            # request before it.
            if "call" in value:
                number = self._typed(value, "call", int)
            elif is_request:
                number = len(calls) + 1
            call = calls.get(number)
            if is_request:
                if call is not None:
                    self._refuse(f"call {number} has a request before it")
                calls[number] = self._request(value)
                continue
            if call is None:
                self._refuse("a request has to come first")
            if call["end"] != "cut":
                self._refuse(f"call {number} has ended before it")
            call["ended_at"] = self._at(value)
            if "response" in value:
                self._response(value, call)
            elif "end" in value:
                self._ended(value, call)
            else:
                self._piece(value, call["pieces"])
        for call in calls.values():
            call["pieces"] = tuple(call["pieces"])
            yield RecordedCall(**call)

    def _request(self, value: dict[str, Any]) -> dict[str, Any]:
        request = self._typed(value, "request", dict)
        for name in ("provider", "endpoint"):
            if not isinstance(value.get(name), str | None):
                self._refuse(f"{name!r} has to be a string or null")
        return {
            "method": self._typed(request, "method", str),
            "url": self._typed(request, "url", str),
            "headers": self._headers(request),
            "body": request.get("body"),
            "provider": value.get("provider"),
            "endpoint": value.get("endpoint"),
            "pieces": [],
            "end": "cut",
        }

    def _response(self, value: dict[str, Any], call: dict[str, Any]) -> None:
        if "status" in call:
            self._refuse("one call has two answers")
        response = self._typed(value, "response", dict)
        call["status"] = self._typed(response, "status", int)
        call["answer_headers"] = self._headers(response)
        call["answered_at"] = self._at(value)

    def _piece(self, value: dict[str, Any], pieces: list[Piece]) -> None:
        piece = Piece(self._at(value), self._data(value))
        if not value.get("goes_on"):
            pieces.append(piece)
        elif pieces:
            pieces[-1] = Piece(pieces[-1].at, pieces[-1].data + piece.data)
        else:
            self._refuse("there is no read that it goes on from")

    def _data(self, value: dict[str, Any]) -> bytes:
        if "text" in value:
            try:
                return self._typed(value, "text", str).encode()  # type: ignore[no-any-return]
            except UnicodeEncodeError:
                self._refuse("'text' has half of a character")
        if "base64" not in value:
            names = ", ".join(map(repr, value))
            self._refuse(f"it is no part of a recording: {names}")
        text = self._typed(value, "base64", str)
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            self._refuse("'base64' is no base64")

    def _ended(self, value: dict[str, Any], call: dict[str, Any]) -> None:
        end = self._typed(value, "end", str)
        if end not in get_args(Ended):
            self._refuse(f"'end' has to be one of {', '.join(get_args(Ended))}, not {end!r}")
        if "error" in value:
            failure = self._typed(value, "error", dict)
            call["error"] = (
                self._typed(failure, "type", str),
                self._typed(failure, "message", str),
            )
        if (end == "failed") != ("error" in call):
            self._refuse("a call that 'failed' has an 'error', and no other has")
        if "status" not in call and end != "failed":
            self._refuse("a call without an answer can only have failed")
        call["end"] = end

    def _headers(self, value: dict[str, Any]) -> dict[str, str]:
        headers: dict[str, Any] = self._typed(value, "headers", dict)
        if not all(isinstance(one, str) for one in headers.values()):
            self._refuse("'headers' has to have strings")
        return headers

    def _at(self, value: dict[str, Any]) -> float:
        at = value.get("at")
        if not isinstance(at, int | float) or isinstance(at, bool) or not 0 <= at < 1e9:
            self._refuse(f"'at' has to be seconds since the request, not {at!r}")
        return float(at)

    def _typed(self, value: dict[str, Any], name: str, kind: type[Any]) -> Any:
        found = value.get(name)
        if not isinstance(found, kind) or isinstance(found, bool):
            self._refuse(f"{name!r} is missing or of a wrong type: {found!r:.80}")
        return found
