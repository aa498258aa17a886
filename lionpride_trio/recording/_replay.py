"""Replaying: a client and a provider that give again what was recorded."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlsplit

import trio

from .. import _errors
from .._chunks import Chunk
from .._errors import (
    ConfigurationError,
    ConnectionLost,
    LionprideError,
    ProviderError,
    StreamTimeout,
    TransportError,
)
from .._safe_text import Secret
from ..providers import ChunkParser, HTTPRequest, ModelCall, Provider, get
from ..services import iModel
from ._file import Piece, RecordedCall, Recording

Pace: TypeAlias = Literal["recorded", "at_once"] | float
"""How fast: as it came, without any wait, or so many times as fast."""
Cut: TypeAlias = Callable[[bytes], Iterable[bytes]]

BASE_URL: Final = "https://replay.invalid"


class ReplayClient:
    """Gives the answers of a recording, to be passed as ``http_client=``.

    A request is answered as the recorded one with the same path and body, the one that was played
    least often where there are several; another request, as the next in the order of the recording.
    With *strict*, another request is refused.  *cut* cuts each body anew: a function from its bytes
    to the pieces; they come at once then.  ``requests`` counts what was asked.
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
        """The recorded answer, as long as the block.

        :raises ConfigurationError: nothing like it was recorded, and it has to be.
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


class ReplayedResponse:
    """A recorded answer."""

    def __init__(
        self, call: RecordedCall, steps: Sequence[Piece], wait: Callable[[float], Any]
    ) -> None:
        assert call.status is not None
        self.status_code = call.status
        self.headers = dict(call.answer_headers)
        self.closed = False
        self._body = _Body(self, call, steps, wait)

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """The pieces of the body."""
        return self._body

    async def aclose(self) -> None:
        """Give nothing more."""
        self.closed = True
        await trio.lowlevel.checkpoint()


class _Body(AsyncIterator[bytes]):
    def __init__(
        self,
        response: ReplayedResponse,
        call: RecordedCall,
        steps: Sequence[Piece],
        wait: Callable[[float], Any],
    ) -> None:
        self._response = response
        self._call = call
        self._steps = list(reversed(steps))
        self._wait = wait
        self._ended = False

    async def __anext__(self) -> bytes:
        if self._steps and not self._response.closed:
            await self._wait(self._steps[-1].at)
            if not self._response.closed:
                return self._steps.pop().data
        if not self._ended and not self._response.closed:
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
    # Base URLs differ; paths differ in what the base URL has of them.
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
    # Another client's class.  Its name decides as it did when it was raised.
    other: type[Exception] = type(name, (OSError,), {})
    return other(message)


class ReplayProvider(Provider):
    """The provider that a recording is of, as a model without network and key wants it.

    :raises ConfigurationError: the recording does not tell which, and *provider* is not given.
    """

    base_url = BASE_URL
    key_required = False

    def __init__(
        self,
        recording: Recording | ReplayClient | str | os.PathLike[str],
        *,
        provider: str | Provider | None = None,
        endpoint: str | None = None,
        **playing: Any,
    ) -> None:
        if not isinstance(recording, ReplayClient):
            recording = ReplayClient(recording, **playing)
        self.http_client = recording
        first = recording.recording.calls[0]
        if provider is None:
            if first.provider is None:
                raise ConfigurationError(
                    f"{recording.recording.path or 'the recording'} does not tell which"
                    f" provider answered {first.url}: pass provider="
                )
            provider = first.provider
            endpoint = endpoint or first.endpoint
        self._inner = get(provider, endpoint) if isinstance(provider, str) else provider
        self.name = self._inner.name
        self.endpoint = self._inner.endpoint
        self.framing = self._inner.framing
        self.hints = self._inner.hints
        self.max_tokens_options = self._inner.max_tokens_options
        self.request_id_headers = self._inner.request_id_headers
        self.seconds_after_finish = self._inner.seconds_after_finish
        self.default_model = self._inner.read_request(first.url, first.body)[0] or "recorded"

    def request(self, call: ModelCall) -> HTTPRequest:
        """The same as the recorded provider's."""
        return self._inner.request(call)

    def starts_job(self, body: Mapping[str, Any]) -> bool:
        """The same as the recorded provider's."""
        return self._inner.starts_job(body)

    def authorize(self, key: Secret) -> Mapping[str, str]:
        """Nothing: there is nobody to prove it to."""
        return {}

    def parser(self) -> ChunkParser:
        """The same as the recorded provider's."""
        return self._inner.parser()

    def parse_body(self, value: Any) -> tuple[Sequence[Chunk], LionprideError | None]:
        """The same as the recorded provider's."""
        return self._inner.parse_body(value)

    def parse_error(
        self, status: int | None, headers: Mapping[str, str], value: Any
    ) -> ProviderError:
        """The same as the recorded provider's."""
        return self._inner.parse_error(status, headers, value)


def replay(
    recording: Recording | ReplayClient | str | os.PathLike[str],
    *,
    pace: Pace = "at_once",
    cut: Cut | None = None,
    strict: bool = False,
    provider: str | Provider | None = None,
    endpoint: str | None = None,
    model: str | None = None,
    **settings: Any,
) -> iModel:
    """A model that answers as recorded, without a network or a key::

        response = await replay("call.jsonl").complete("hi")

    *pace* is ``"at_once"``, ``"recorded"``, or how many times as fast; *cut* cuts the bodies anew.
    See `ReplayClient`, which can be given instead of a file, for what is answered to which request.
    *settings* are `iModel`'s.  Reading
    the file blocks.

    :raises ConfigurationError: the recording is damaged (names the line), or does not tell its
        provider.
    """
    found = ReplayProvider(
        recording, pace=pace, cut=cut, strict=strict, provider=provider, endpoint=endpoint
    )
    settings.setdefault("retry", None)
    return iModel(found, model or "", http_client=found.http_client, **settings)


class Replay(Provider):
    """The provider named ``replay``: ``iModel(provider="replay", path="call.jsonl")``.

    The options ``path``, ``pace``, ``cut`` and ``strict`` are `replay`'s; the others go on to the
    provider that was recorded.
    """

    name = "replay"
    endpoint = "recording"
    framing = "sse"
    base_url = BASE_URL
    key_required = False

    def configured(
        self, model: str, options: Mapping[str, Any]
    ) -> tuple[Provider, str, dict[str, Any]]:
        """The provider of the recording that *options* name, its model, and the other options."""
        rest = dict(options)
        path = rest.pop("path", None)
        if path is None:
            raise self._refusal()
        own = {name: rest.pop(name) for name in ("pace", "cut", "strict") if name in rest}
        found = ReplayProvider(path, **own)
        return found, model, rest

    def request(self, call: ModelCall) -> HTTPRequest:
        """Nothing can be asked before a recording is named."""
        raise self._refusal()

    def parser(self) -> ChunkParser:
        """Nothing can be read before a recording is named."""
        raise self._refusal()

    def parse_body(self, value: Any) -> tuple[Sequence[Chunk], LionprideError | None]:
        """Nothing can be read before a recording is named."""
        raise self._refusal()

    def _refusal(self) -> ConfigurationError:
        return ConfigurationError("provider 'replay' needs path=, the file that record() wrote")
