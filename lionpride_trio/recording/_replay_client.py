"""Replaying: a client that gives recorded answers again."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

import trio

from .. import _errors
from .._errors import ConfigurationError, ConnectionLost, StreamTimeout, TransportError
from .._transport._like_httpx import OfflineResponse
from ._call import Piece, RecordedCall
from ._file import Recording

Pace: TypeAlias = Literal["recorded", "at_once"] | float
"""The speed: as it came, without any wait, or so many times as fast."""
Cut: TypeAlias = Callable[[bytes], Iterable[bytes]]


class ReplayClient:
    """Gives the answers of a recording, to be passed as ``http_client=``.

    A request gets the answer of the recorded request with the same path and body; of several, the one that
    was played least often.  A request that was not recorded gets the next answer in the order of the
    recording, or is refused with *strict*.  *cut* is a function from the bytes of a body to pieces; each body
    is cut anew with it, and its pieces come at once.  ``requests`` counts the requests.
    """

    def __init__(
        self,
        recording: Recording | str | os.PathLike[str],
        *,
        pace: Pace = "at_once",
        cut: Cut | None = None,
        strict: bool = False,
    ) -> None:
        if not isinstance(recording, Recording):
            recording = Recording.load(recording)
        if not recording.calls:
            raise ConfigurationError(f"{recording.path or 'the recording'} has no calls to replay")
        self._speed = _speed(pace)
        self.recording = recording
        self.requests = 0
        self._cut = cut
        self._strict = strict
        self._played = [0] * len(recording.calls)

    def stream(
        self, method: str, url: str, **options: Any
    ) -> AbstractAsyncContextManager[ReplayedResponse]:
        """A block that gives the recorded answer.

        :raises ConfigurationError: with *strict*, no such request was recorded.
        """
        call = self._find(str(url), options.get("content") or b"")
        return self._replayed(call)

    def _find(self, url: str, content: bytes) -> RecordedCall:
        calls = self.recording.calls
        same = [n for n, call in enumerate(calls) if _asks(call, url, content)]
        if self._strict and not same:
            raise ConfigurationError(
                f"{self.recording.path or 'the recording'} has no such request:"
                f" {urlsplit(url).path} {content[:200]!r}"
            )
        number = min(same or range(len(calls)), key=self._played.__getitem__)
        self._played[number] += 1
        self.requests += 1
        return calls[number]

    @asynccontextmanager
    async def _replayed(self, call: RecordedCall) -> AsyncGenerator[ReplayedResponse]:
        began = trio.current_time()
        await self._wait(began, call.answered_at if call.status is not None else call.ended_at)
        if call.status is None:
            raise _failure(call)
        response = ReplayedResponse(call, self._steps(call), lambda at: self._wait(began, at))
        try:
            yield response
        finally:
            response.closed = True

    def _steps(self, call: RecordedCall) -> Sequence[Piece]:
        if self._cut is None:
            return call.pieces
        pieces = list(self._cut(call.answer))
        if b"".join(pieces) != call.answer:
            raise ConfigurationError("cut= has to give pieces that joined are the body again")
        return [Piece(0.0, piece) for piece in pieces if piece]

    async def _wait(self, began: float, at: float) -> None:
        if self._cut is not None or not self._speed:
            await trio.lowlevel.checkpoint()
        else:
            await trio.sleep_until(began + at / self._speed)

    async def aclose(self) -> None:
        """Nothing to close."""
        await trio.lowlevel.checkpoint()


class ReplayedResponse(OfflineResponse):
    """A recorded answer."""

    def __init__(
        self, call: RecordedCall, steps: Sequence[Piece], wait: Callable[[float], Any]
    ) -> None:
        assert call.status is not None
        super().__init__(call.status, dict(call.answer_headers))
        self._call = call
        self._steps = list(reversed(steps))
        self._wait = wait
        self._ended = False

    async def __anext__(self) -> bytes:
        if self._steps and not self.closed:
            await self._wait(self._steps[-1].at)
            if not self.closed:
                return self._steps.pop().data
        if not self._ended and not self.closed:
            self._ended = True
            await self._wait(self._call.ended_at)
            if self._call.error is not None:
                raise _failure(self._call)
        await trio.lowlevel.checkpoint()
        raise StopAsyncIteration


def _speed(pace: Pace) -> float:
    """How many times as fast; 0 for no wait at all."""
    match pace:
        case "recorded":
            return 1.0
        case "at_once":
            return 0.0
        case int() | float() if pace > 0:
            return float(pace)
        case _:
            raise ConfigurationError(
                f"pace must be 'recorded', 'at_once' or a number > 0, not {pace!r}"
            )


def _asks(call: RecordedCall, url: str, content: bytes) -> bool:
    asked, recorded = urlsplit(url).path, urlsplit(call.url).path
    # The base URL of a replay is another, and may have a part of the path.
    if not (asked.endswith(recorded) or recorded.endswith(asked)):
        return False
    try:
        body: Any = json.loads(content)
    except ValueError:
        body = content.decode("utf-8", "replace")
    return bool(body == call.body)


def _failure(call: RecordedCall) -> Exception:
    if call.error is None:
        return ConnectionLost("the recording was cut before an answer came")
    name, message = call.error
    found: Any = getattr(_errors, name, None)
    if found is StreamTimeout:
        return StreamTimeout(message, clock="connect")
    if isinstance(found, type) and issubclass(found, TransportError):
        failure: Exception = found(message)
        return failure
    # The error of another client.  The transport judges such errors by the names of their classes.
    other: type[Exception] = type(name, (OSError,), {})
    return other(message)
