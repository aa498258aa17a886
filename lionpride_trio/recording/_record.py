"""Recording: a client that writes down what goes through it."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import trio

from .._errors import ConfigurationError
from .._transport import HTTPClient, open_client
from ..providers import get, names
from ._file import End, Piece, RecordedCall, header
from ._secrets import Mask

# The ends of paths, for base URLs that are not the providers' own.
_BY_PATH = {
    "/chat/completions": ("openai", "chat"),
    "/responses": ("openai", "responses"),
    "/messages": ("anthropic", "messages"),
    ":streamGenerateContent": ("gemini", "generate"),
    ":generateContent": ("gemini", "generate"),
    "/api/chat": ("ollama", "chat"),
}


@asynccontextmanager
async def record(
    path: str | os.PathLike[str],
    *,
    client: HTTPClient | None = None,
    secrets: Iterable[str] = (),
) -> AsyncGenerator[RecordingClient]:
    """Record all calls that are made through the client that this gives::

        async with record("call.jsonl") as client:
            model = iModel("openai", "gpt-4o-mini", http_client=client)
            await model.complete("hi")

    The file has the exact bytes of the answers with their cuts and times, and the requests.  Keys,
    cookies and the like are masked, wherever they stand; *secrets* are further strings to mask.
    What is asked and answered is in it: look before you share it.

    A call is written when it has ended.  *client* is the one that does the work, and stays yours to
    close; by default the library's own is opened for the block.  The file is written anew.

    :raises ConfigurationError: the file cannot be written.
    """
    target = Path(path)
    try:
        await trio.Path(target).write_text(header(), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{target} cannot be written: {error}") from error
    http = open_client() if client is None else client
    try:
        yield RecordingClient(http, target, secrets=secrets)
    finally:
        if client is None:
            with trio.CancelScope(shield=True):
                await http.aclose()  # which does not wait


class RecordingClient:
    """A client that passes everything on to another, and writes it down.  `record` makes one."""

    def __init__(
        self, client: HTTPClient, path: str | os.PathLike[str], *, secrets: Iterable[str] = ()
    ) -> None:
        self._client = client
        self._path = Path(path)
        self._secrets = tuple(secrets)
        self._writing = trio.Lock()

    def stream(
        self, method: str, url: str, **options: Any
    ) -> AbstractAsyncContextManager[RecordedResponse]:
        """Send a request; the call is written when the block is left."""
        return self._recorded(method, url, options)

    @asynccontextmanager
    async def _recorded(
        self, method: str, url: str, options: dict[str, Any]
    ) -> AsyncGenerator[RecordedResponse]:
        tape = _Tape(trio.current_time())
        try:
            async with self._client.stream(method, url, **options) as response:
                tape.answered(response)
                yield RecordedResponse(response, tape)
        except Exception as error:
            if tape.status is None:
                tape.fail(error)
            raise
        finally:
            with trio.CancelScope(shield=True):  # a file on this machine: it does not take long
                await self._write(tape.call(str(method), str(url), options, self._secrets))

    async def _write(self, call: RecordedCall) -> None:
        text = "".join(call.lines())
        async with self._writing, await trio.open_file(self._path, "a", encoding="utf-8") as file:
            await file.write(text)

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
        self._tape.leave()
        await self._response.aclose()


class _Pieces(AsyncIterator[bytes]):
    def __init__(self, pieces: AsyncIterator[bytes], tape: _Tape) -> None:
        self._pieces = pieces
        self._tape = tape

    async def __anext__(self) -> bytes:
        try:
            piece = await anext(self._pieces)
        except StopAsyncIteration:
            self._tape.finish("end")
            raise
        except Exception as error:
            self._tape.fail(error)
            raise
        self._tape.add(piece)
        return piece


@attrs.define
class _Tape:
    """One call while it goes on."""

    began: float
    status: int | None = None
    headers: dict[str, str] = attrs.Factory(dict[str, str])
    answered_at: float = 0.0
    pieces: list[Piece] = attrs.Factory(list[Piece])
    end: End | None = None
    ended_at: float = 0.0
    error: tuple[str, str] | None = None

    def _now(self) -> float:
        return trio.current_time() - self.began

    def answered(self, response: Any) -> None:
        self.status = response.status_code
        self.headers = dict(response.headers.items())
        self.answered_at = self._now()

    def add(self, data: bytes) -> None:
        if self.end is None and data:
            self.pieces.append(Piece(self._now(), bytes(data)))

    def finish(self, end: End) -> None:
        if self.end is None:
            self.end = end
            self.ended_at = self._now()

    def leave(self) -> None:
        self.finish("left")

    def fail(self, error: Exception) -> None:
        if self.end is None:
            self.error = type(error).__name__, str(error)
            self.finish("failed")

    def call(
        self, method: str, url: str, options: Mapping[str, Any], secrets: Iterable[str]
    ) -> RecordedCall:
        """What is to be written, without its secrets."""
        sent: dict[str, str] = dict(options.get("headers") or {})
        mask = Mask(sent, secrets)
        if self.status is None and self.error is None:
            self.error = "Cancelled", "the caller went away before an answer came"
            self.end = "failed"
        self.finish("left")
        provider, endpoint = provider_of(url)
        return RecordedCall(
            method=method,
            url=mask.url(url),
            headers=mask.headers(sent),
            body=_body(mask.text((options.get("content") or b"").decode("utf-8", "replace"))),
            provider=provider,
            endpoint=endpoint,
            status=self.status,
            answer_headers=mask.headers(self.headers, answer=True),
            answered_at=self.answered_at,
            pieces=mask.pieces(self.pieces),
            end=self.end or "left",
            ended_at=self.ended_at,
            error=None if self.error is None else (self.error[0], mask.text(self.error[1])),
        )


def _body(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def provider_of(url: str) -> tuple[str, str] | tuple[None, None]:
    """The provider and endpoint that *url* is of, as far as it tells."""
    path = urlsplit(url).path
    found = next((known for end, known in _BY_PATH.items() if path.endswith(end)), None)
    if found is None:
        return None, None
    for name in names():
        base = get(name).base_url
        # Several providers speak one API; each has its own address.
        if base and url.startswith(base):
            return name, found[1]
    return found
