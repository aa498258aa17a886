"""Recording: a client that writes down all calls that go through it."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import trio

from .._channels._entrance import check_on_trio
from .._errors import ConfigurationError
from .._transport import HTTPClient, open_client
from ..providers._registry import find_by_url
from ._call import Piece, RecordedCall
from ._format import Ended, answer_line, end_line, header, piece_line, request_line
from ._log import Log
from ._secrets import Mask, Part


@asynccontextmanager
async def record(
    path: str | os.PathLike[str],
    *,
    client: HTTPClient | None = None,
    secrets: Iterable[str] = (),
    fsync: bool = False,
) -> AsyncGenerator[RecordingClient]:
    """Record all calls that are made through the client that this gives::

        async with record("call.jsonl") as client:
            model = iModel("openai", "gpt-4o-mini", http_client=client)
            await model.complete("hi")

    The file has the exact bytes of the answers with their cuts and times, and the requests.  Keys,
    cookies and the like are masked, wherever they stand; *secrets* are further strings to mask.
    Questions and answers are in it: look before you share it.

    A request is in the file before it is sent, and each read before it is handed out, so that a
    program that is killed leaves a recording of what it saw (but for a read's last few bytes where
    they may be the beginning of a secret).  With *fsync*, a machine that loses its power does too.

    *client* is the one that does the work, and stays yours to close; by default the library's own
    is opened for the block.  The file is written anew.

    :raises ConfigurationError: the file cannot be written.
    :raises SinkError: in a call: it cannot be written any further.
    """
    check_on_trio()
    target = Path(path)
    try:
        log = await trio.to_thread.run_sync(partial(Log, target, fsync=fsync))
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written: {error}") from error
    http: HTTPClient | None = None
    try:
        await log.write(header())
        http = open_client() if client is None else client
        yield RecordingClient(http, log, secrets=secrets)
    finally:
        with trio.CancelScope(shield=True):
            if client is None and http is not None:
                await http.aclose()  # which does not wait
            await log.aclose()


class RecordingClient:
    """A client that passes everything on to another, and writes it down.  `record` makes one."""

    def __init__(self, client: HTTPClient, log: Log, *, secrets: Iterable[str] = ()) -> None:
        self._client = client
        self._log = log
        self._secrets = tuple(secrets)
        self._numbers = count(1)

    def stream(
        self, method: str, url: str, **options: Any
    ) -> AbstractAsyncContextManager[RecordedResponse]:
        """Send a request; the call is written down as it goes on."""
        return self._recorded(str(method), str(url), options)

    @asynccontextmanager
    async def _recorded(
        self, method: str, url: str, options: dict[str, Any]
    ) -> AsyncGenerator[RecordedResponse]:
        sent: dict[str, str] = dict(options.get("headers") or {})
        mask = Mask(sent, self._secrets)
        tape = _Tape(self._log, next(self._numbers), mask)
        await tape.begin(method, url, sent, options.get("content") or b"")
        try:
            async with self._client.stream(method, url, **options) as response:
                await tape.answered(response)
                yield RecordedResponse(response, tape)
        except Exception as error:
            tape.fail_unanswered(error)
            raise
        finally:
            with trio.CancelScope(shield=True):  # a file on this machine: it does not take long
                await tape.finish()

    async def aclose(self) -> None:
        """Close the client that does the work."""
        await self._client.aclose()


class RecordedResponse:
    """A response whose body is written down as it is read."""

    def __init__(self, response: Any, tape: _Tape) -> None:
        self._response = response
        self._tape = tape
        self.status_code: int = response.status_code
        self.headers: Mapping[str, str] = response.headers

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """The pieces of the body."""
        return _Pieces(aiter(self._response.aiter_raw()), self._tape)

    async def aclose(self) -> None:
        """Close the response; nothing is recorded after it."""
        self._tape.end("left")
        await self._response.aclose()


class _Pieces(AsyncIterator[bytes]):
    def __init__(self, pieces: AsyncIterator[bytes], tape: _Tape) -> None:
        self._pieces = pieces
        self._tape = tape

    async def __anext__(self) -> bytes:
        try:
            piece = await anext(self._pieces)
        except StopAsyncIteration:
            self._tape.end("end")
            raise
        except Exception as error:
            self._tape.end("failed", error)
            raise
        await self._tape.add(piece)
        return piece


class _Tape:
    """Writes one call down while it goes on.

    How it ended is known before its last line is written, which is when its block is left.
    """

    def __init__(self, log: Log, number: int, mask: Mask) -> None:
        self._log = log
        self._number = number
        self._mask = mask
        self._pieces = mask.pieces()
        self._began = trio.current_time()
        self._answered = False
        self._end: tuple[float, Ended, tuple[str, str] | None] | None = None

    def _now(self) -> float:
        return trio.current_time() - self._began

    async def begin(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes
    ) -> None:
        """Write the request down."""
        provider = find_by_url(url)
        call = RecordedCall(
            method=method,
            url=self._mask.url(url),
            headers=self._mask.headers(headers),
            body=_body(self._mask.text(content.decode("utf-8", "replace"))),
            provider=provider.name if provider else None,
            endpoint=provider.endpoint if provider else None,
        )
        await self._log.write(request_line(self._number, call))

    async def answered(self, response: Any) -> None:
        """Write the head of the answer down."""
        self._answered = True
        headers = self._mask.headers(dict(response.headers.items()), answer=True)
        await self._log.write(answer_line(self._number, self._now(), response.status_code, headers))

    async def add(self, data: bytes) -> None:
        """Write a read down."""
        if data and self._end is None:
            await self._write(self._pieces.feed(Piece(self._now(), bytes(data))))

    async def _write(self, parts: Iterable[Part]) -> None:
        lines = [piece_line(self._number, part.piece, goes_on=part.goes_on) for part in parts]
        if lines:
            await self._log.write(*lines)

    def end(self, end: Ended, error: Exception | None = None) -> None:
        """Say how the call ended; only the first word on it counts."""
        if self._end is None:
            failure = None if error is None else (type(error).__name__, str(error))
            self._end = self._now(), end, failure

    def fail_unanswered(self, error: Exception) -> None:
        """Say that the call failed, unless an answer came: its body tells how it ended."""
        if not self._answered:
            self.end("failed", error)

    async def finish(self) -> None:
        """Write the last line: the call was left, unless `end` said something else."""
        if self._log.failure is not None:
            return  # which was raised already
        if self._answered:
            self.end("left")
        gone = "Cancelled", "the caller went away before an answer came"
        at, end, error = self._end or (self._now(), "failed", gone)
        if error is not None:
            error = error[0], self._mask.text(error[1])
        await self._write(self._pieces.flush())
        await self._log.write(end_line(self._number, at, end, error))


def _body(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
