"""The file: JSON Lines that a person can read and compare.

The first line names the format and its version.  Each call follows as a line for its request, one
for the head of the answer, one for each read of the body (its text, or base64 where it was cut
inside a character), and one for how it ended.  Times are seconds since the request.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal, NoReturn, TypeAlias, get_args

import attrs

from .._errors import ConfigurationError

FORMAT: Final = "lionpride_trio recording"
VERSION: Final = 1

End: TypeAlias = Literal["end", "left", "failed"]


@attrs.frozen
class Piece:
    """One read of a body."""

    at: float
    data: bytes


@attrs.frozen(kw_only=True)
class RecordedCall:
    """One request and its answer."""

    method: str = "POST"
    url: str
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    body: Any = None
    """Decoded where it is JSON, and a `str` otherwise."""
    provider: str | None = None
    endpoint: str | None = None
    status: int | None = None
    """None where no answer came."""
    answer_headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    answered_at: float = 0.0
    pieces: tuple[Piece, ...] = ()
    end: End = "end"
    """``end``: the body ended; ``left``: the reader had enough; ``failed``: see `error`."""
    ended_at: float = 0.0
    error: tuple[str, str] | None = None
    """The class of the failure and its text."""

    @property
    def answer(self) -> bytes:
        """The whole body of the answer."""
        return b"".join(piece.data for piece in self.pieces)

    def lines(self) -> Iterator[str]:
        """The call as lines of a recording."""
        request = {
            "method": self.method,
            "url": self.url,
            "headers": dict(self.headers),
            "body": self.body,
        }
        yield _line({"request": request, "provider": self.provider, "endpoint": self.endpoint})
        if self.status is not None:
            response = {"status": self.status, "headers": dict(self.answer_headers)}
            yield _line({"at": _time(self.answered_at), "response": response})
        for piece in self.pieces:
            try:
                data = {"text": piece.data.decode()}
            except UnicodeDecodeError:
                data = {"base64": base64.b64encode(piece.data).decode()}
            yield _line({"at": _time(piece.at), **data})
        end: dict[str, Any] = {"at": _time(self.ended_at), "end": self.end}
        if self.error is not None:
            end["error"] = {"type": self.error[0], "message": self.error[1]}
        yield _line(end)


@attrs.frozen
class Recording:
    """What was recorded.  `Recording.load` reads one."""

    calls: tuple[RecordedCall, ...]
    path: str = ""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Recording:
        """Read a recording.  Blocks for the time of reading a file.

        :raises ConfigurationError: there is none, or it is damaged; names the line.
        """
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise ConfigurationError(f"{path} cannot be read as a recording: {error}") from error
        return cls(tuple(_Reader(str(path), text).calls()), str(path))

    def text(self) -> str:
        """The recording as it stands in a file."""
        lines = [header(), *(line for call in self.calls for line in call.lines())]
        return "".join(lines)


def header() -> str:
    """The first line."""
    return _line({"format": FORMAT, "version": VERSION})


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


def _time(seconds: float) -> float:
    return round(seconds, 4)


class _Reader:
    def __init__(self, path: str, text: str) -> None:
        self._path = path
        self._number = 0
        self._lines = text.split("\n")
        if self._lines.pop():
            self._number = len(self._lines) + 1
            self._refuse("it was cut off: its last line has no end")

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
        self._number = 1
        if first is None or first.get("format") != FORMAT:
            self._refuse(f"not a recording: its first line has to say {header().strip()}")
        if first.get("version") != VERSION:
            self._refuse(
                f"version {first.get('version')!r} of the format; this library reads {VERSION}"
            )
        call: dict[str, Any] | None = None
        for value in values:
            if "request" in value:
                if call is not None:
                    self._refuse("the call before it has no end")
                call = self._request(value)
                continue
            if call is None:
                self._refuse("a request has to come first")
            if "response" in value:
                self._response(value, call)
            elif "end" in value:
                yield self._ended(value, call)
                call = None
            else:
                call["pieces"].append(self._piece(value))
        if call is not None:
            self._number = len(self._lines)
            self._refuse("it was cut off: the last call has no end")

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
        }

    def _response(self, value: dict[str, Any], call: dict[str, Any]) -> None:
        if "status" in call:
            self._refuse("one call has two answers")
        response = self._typed(value, "response", dict)
        call["status"] = self._typed(response, "status", int)
        call["answer_headers"] = self._headers(response)
        call["answered_at"] = self._at(value)

    def _piece(self, value: dict[str, Any]) -> Piece:
        if "text" in value:
            try:
                return Piece(self._at(value), self._typed(value, "text", str).encode())
            except UnicodeEncodeError:
                self._refuse("'text' has half of a character")
        if "base64" not in value:
            names = ", ".join(map(repr, value)) or "an empty object"
            self._refuse(f"it is no part of a recording: {names}")
        try:
            data = base64.b64decode(self._typed(value, "base64", str), validate=True)
        except (binascii.Error, ValueError) as error:
            if isinstance(error, ConfigurationError):
                raise
            self._refuse("'base64' is no base64")
        return Piece(self._at(value), data)

    def _ended(self, value: dict[str, Any], call: dict[str, Any]) -> RecordedCall:
        end = self._typed(value, "end", str)
        if end not in get_args(End):
            self._refuse(f"'end' has to be one of {', '.join(get_args(End))}, not {end!r}")
        error: tuple[str, str] | None = None
        if "error" in value:
            told = self._typed(value, "error", dict)
            error = self._typed(told, "type", str), self._typed(told, "message", str)
        if (end == "failed") != (error is not None):
            self._refuse("a call that 'failed' has an 'error', and no other has")
        if "status" not in call and end != "failed":
            self._refuse("a call without an answer can only have failed")
        fields: dict[str, Any] = {**call, "pieces": tuple(call["pieces"]), "end": end}
        return RecordedCall(**fields, ended_at=self._at(value), error=error)

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
