"""Reading a recording: every line is checked, and a damaged one is named.

A recording may have been edited by hand, cut, or put together of others.  So nothing of a line is taken
for granted: what is missing, of a wrong type or out of order is refused with the number of its line, and
not found later as a `KeyError` in a replay.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn, get_args

from .._errors import ConfigurationError
from ._call import Piece, RecordedCall
from ._format import FORMAT, VERSION, Ended, header


def read_calls(path: str, lines: Iterable[str]) -> Iterator[RecordedCall]:
    """The calls that the *lines* of a recording tell, in the order of their requests.

    :raises ConfigurationError: a line is damaged; names it, and *path*.
    """
    return _Reader(path, lines).calls()


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
            # A recording written by hand may leave the numbers out: each line then belongs to the
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
