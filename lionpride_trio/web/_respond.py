"""``respond``: a stream as the answer of an endpoint.

Goals.  A page gets a status where the model's service refuses, and a stream that no proxy cuts or holds
back otherwise.  Whatever happens, the source is closed in the request's own task, and at once where the
page goes away.

What must hold:

1. The source is opened and left in the task of the request.  Beside it run two small tasks, which the
   request's nursery joins: one waits for the page to go, one fills the silence.
2. The end is sent after the source's block was left.  A file that could not be written, or a turn that
   could not be committed, is a failure of the answer.
3. What the source had given before a failure is sent before it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final

import trio
from starlette.background import BackgroundTask
from starlette.responses import Response
from starlette.types import Scope

from .._channels._channel import Channel
from .._channels._nursery import open_pump_nursery
from .._channels._source import Source
from .._checks import check_seconds
from .._errors import BadRequest, ConfigurationError, LionprideError
from ..durable import FollowChannel, FollowSource
from ._headers import check_headers
from ._page import Headers, Page, Receive, Send
from ._statuses import is_missing_stream, refusal
from .encoders import Encoder, UIEncoder, encoder

PROXY_HEADERS: Final = {"cache-control": "no-store, no-transform", "x-accel-buffering": "no"}
"""Keep proxies from storing, compressing and holding back what is sent."""

_logger: Final = logging.getLogger("lionpride_trio")


def respond(
    source: Source[Any],
    *,
    protocol: str | Encoder = "events",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    head_after: float = 10.0,
    heartbeat: float | None = 15.0,
    background: BackgroundTask | None = None,
) -> StreamedResponse:
    """The answer of an endpoint of starlette or FastAPI: *source*, in the words of *protocol*::

        async def chat(request):
            return respond(model.stream("Why is the sea salt?"), protocol="ui")

    *protocol* is a name that `encoders.encoder` knows, or an encoder with settings of its own, such as
    ``UIEncoder(message_id="m-7")``.  It is for a server on trio, such as hypercorn's trio worker; on
    asyncio the source runs on trio through `lionpride_trio.aio`.

    The source is opened when the answer begins.  The head waits for its first content, at most
    *head_after* seconds: a failure before that is a status, with JSON as its body.  `RateLimited` is 429 with
    ``retry-after``, `Overloaded` 503, `StreamTimeout` 504, `BadRequest` 400, a durable stream that is not
    there 404, everything else 502.  Then a heartbeat is sent at once, and after each *heartbeat* seconds of
    silence (None sends none), and a failure comes in the stream.  Exceptions that are not this library's
    are raised after they were told, for the server's log, and those of closing the source where the page has gone.

    A page that goes away cancels the source.  A slow page holds it back.  An answer to ``HEAD`` opens nothing.

    :raises ConfigurationError: a setting is wrong; where ``respond`` is called.
    """
    if not isinstance(source, Source):
        raise ConfigurationError(
            f"respond() takes a source, such as model.stream(…), and opens it itself; not {source!r:.100}"
        )
    if head_after != 0:
        check_seconds("head_after", head_after)
    if heartbeat is not None:
        check_seconds("heartbeat", heartbeat)
    if headers is not None:
        check_headers(headers)
    return StreamedResponse(
        source,
        encoder(protocol) if isinstance(protocol, str) else _checked(protocol),
        status_code=status,
        headers=headers,
        head_after=head_after,
        heartbeat=heartbeat,
        background=background,
    )


def _checked(given: object) -> Encoder:
    if not isinstance(given, Encoder):
        raise ConfigurationError(
            f"protocol= is the name of a protocol, such as 'events', or an encoder, not {given!r:.100}"
        )
    return given


class StreamedResponse(Response):
    """A response of starlette that streams a source.  `respond` makes it, for one request."""

    def __init__(
        self,
        source: Source[Any],
        encoder: Encoder,
        *,
        status_code: int,
        headers: Mapping[str, str] | None,
        head_after: float,
        heartbeat: float | None,
        background: BackgroundTask | None,
    ) -> None:
        self._source = source
        self._encoder = encoder
        self._head_after = head_after
        self._heartbeat = heartbeat
        self.status_code = status_code
        self.media_type = encoder.media_type
        self.background = background
        own = {name.lower(): value for name, value in (headers or {}).items()}
        self.init_headers({**PROXY_HEADERS, **encoder.headers, **own})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request of *scope*, as ASGI wants it."""
        if trio.lowlevel.in_trio_task():
            await self._answer(scope, receive, send)
        else:
            # Here, since it imports asyncio.
            from ..aio import run
            from ..aio._crossing import crossing

            await run(self._answer, scope, crossing(receive), crossing(send))
        if self.background is not None:
            await self.background()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_gone = trio.CancelScope()
        silence = b"" if self._heartbeat is None else self._encoder.heartbeat
        page = Page(send, self.status_code, self.raw_headers, has_gone, silence)
        if scope.get("method") == "HEAD":
            await page.send(b"", is_last=True)
            return
        async with open_pump_nursery() as nursery:
            nursery.start_soon(page.watch, receive, name="wait for the page to go")
            nursery.start_soon(
                page.fill_silence, self._head_after, self._heartbeat or 0.0, name="fill the silence"
            )
            failure: Exception | None = None
            with has_gone:
                try:
                    response = await self._send_items(page)
                except Exception as error:
                    # Kept until the scope was left: where the page has gone it would swallow what is raised here,
                    # such as the failure of a source that was to save its work when it was closed.
                    failure = error
                    self._log(error, has_gone=has_gone.cancel_called)
                    await self._tell(page, error)
                else:
                    await page.send(self._encoder.flush(response), is_last=True)
            if failure is not None and not isinstance(failure, LionprideError):
                raise failure

    async def _send_items(self, page: Page) -> Any:
        """Open the source and send its items; return the response that they add up to, if it has one."""
        async with self._source as channel:
            async for items in channel.batches():
                await self._send_batch(page, channel, items)
            origin = self._source._origin()  # ruff: ignore[private-member-access] - of one house
        return getattr(channel, "response", None) or getattr(origin, "response", None)

    async def _send_batch(self, page: Page, channel: Channel[Any], items: list[Any]) -> None:
        """Send *items* as one piece, and those before one that cannot be written."""
        first = None
        if isinstance(channel, FollowChannel):
            first = channel.last_id - len(items) + 1
        pieces: list[bytes] = []
        failure: Exception | None = None
        try:
            for n, item in enumerate(items):
                pieces.append(self._encoder.feed(item, None if first is None else first + n))
        except Exception as error:
            failure = error
        if data := b"".join(pieces):
            await page.send(data)
        if failure is not None:
            raise failure

    async def _tell(self, page: Page, error: Exception) -> None:
        """Tell the page of *error*, by a status where that is still possible."""
        if self._is_nothing_to_resume(error):
            answer: tuple[int, Headers, bytes] = 204, [], b""
        else:
            answer = refusal(error, self._wrong_place())
        if not await page.refuse(*answer):
            told = self._encoder.fail(error)
            if not told:
                raise error  # the protocol has no word for it: the connection breaks
            await page.send(told, is_last=True)

    def _log(self, error: Exception, *, has_gone: bool) -> None:
        if has_gone:
            happened = "an answer failed after its page had gone"
        elif self._is_nothing_to_resume(error):
            return
        else:
            happened = "a page was told of a failure"
        _logger.warning("%s: %s: %s", happened, type(error).__name__, error)

    def _wrong_place(self) -> str | None:
        """What is wrong with the place in a durable stream that the page's request names; None where nothing is.

        It quotes the page alone, and so may be told to it.
        """
        try:
            if isinstance(self._source, FollowSource):
                self._source._after.position()  # ruff: ignore[private-member-access] - of one house
        except BadRequest as error:
            return error.message
        return None

    def _is_nothing_to_resume(self, error: Exception) -> bool:
        """Whether a client of the AI SDK asked for a stream that is not there: it takes 204 for that."""
        return (
            isinstance(self._source, FollowSource)
            and isinstance(self._encoder, UIEncoder)
            and is_missing_stream(error)
        )
