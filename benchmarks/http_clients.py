"""Clients of a server on loopback, each with what reads one reply of it.

A client is an async context manager that gives a function; calling it reads one reply to its end, and
calls what it was given at each piece.  Connections stay open between replies.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import jiter
import trio

from lionpride_trio import HTTPTransport, Session, iModel
from lionpride_trio._transport import open_client
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.transformers import idle_timeout, tap

Took = Callable[[], object]
ReadOne = Callable[[Took], Awaitable[None]]
Client = Callable[[str, ssl.SSLContext | None], AbstractAsyncContextManager[ReadOne]]
"""The address, and how TLS is verified where the address says https."""

MESSAGES: Any = [{"role": "user", "content": "hi"}]
BODY = json.dumps({"model": "m", "stream": True, "messages": MESSAGES}).encode()
LAST = b"0\r\n\r\n"


def _client(library: Any, context: ssl.SSLContext | None) -> Any:
    """No limits and no clocks: as fast as it can be."""
    limits = library.Limits(max_connections=None, max_keepalive_connections=None)
    verify: Any = True if context is None else context
    return library.AsyncClient(limits=limits, timeout=None, trust_env=False, verify=verify)


def nothing() -> None:
    """Do nothing at a piece, where only reading counts."""


async def _each(pieces: AsyncIterator[Any], took: Took) -> None:
    async for _ in pieces:
        took()


def _ignore() -> Callable[[bytes], object]:
    """Bytes only."""
    return len


def _load() -> Callable[[bytes], object]:
    """The least that a client does: the JSON of whole lines, and a line that is cut waits for its rest."""
    rest = b""

    def load(piece: bytes) -> None:
        nonlocal rest
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                jiter.from_json(line[6:])

    return load


def _sockets(make: Callable[[], Callable[[bytes], object]]) -> Client:
    """A trio stream for each reply that is read at a time, and no thought given to HTTP."""

    @asynccontextmanager
    async def client(url: str, context: ssl.SSLContext | None) -> AsyncGenerator[ReadOne]:
        parts = urlsplit(f"{url}/chat/completions")
        host, port = parts.hostname or "", parts.port or 80
        head = b"POST %s HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
        request = head % (parts.path.encode(), len(BODY)) + BODY
        idle: list[trio.abc.Stream] = []

        async def read(took: Took) -> None:
            stream: trio.abc.Stream
            if idle:
                stream = idle.pop()
            elif context is None:
                stream = await trio.open_tcp_stream(host, port)
            else:
                stream = await trio.open_ssl_over_tcp_stream(host, port, ssl_context=context)
            await stream.send_all(request)
            last, use = b"", make()
            while not last.endswith(LAST):
                piece = await stream.receive_some()
                use(piece)
                took()
                last = last[-4:] + piece
            idle.append(stream)

        try:
            yield read
        finally:
            for stream in idle:
                await trio.aclose_forcefully(stream)

    return client


sockets = _sockets(_ignore)
sockets_and_json = _sockets(_load)


def _by_httpx(library: Any, make: Callable[[], Callable[[bytes], object]]) -> Client:
    @asynccontextmanager
    async def client(url: str, context: ssl.SSLContext | None) -> AsyncGenerator[ReadOne]:
        async with _client(library, context) as http:

            async def read(took: Took) -> None:
                address, use = f"{url}/chat/completions", make()
                async with http.stream("POST", address, content=BODY) as response:
                    async for piece in response.aiter_raw():
                        use(piece)
                        took()

            yield read

    return client


httpx_bytes = _by_httpx(httpx, _ignore)
httpx_and_json = _by_httpx(httpx, _load)


def httpx2_bytes() -> Client:
    import httpx2

    return _by_httpx(httpx2, _ignore)


@asynccontextmanager
async def httpx_decoded(url: str, context: ssl.SSLContext | None) -> AsyncGenerator[ReadOne]:
    """httpx with this library's decoder: what the HTTP client of ours is to be compared with."""
    async with _client(httpx, context) as client:

        async def read(took: Took) -> None:
            decoder = StreamDecoder(get("openai"))
            address = f"{url}/chat/completions"
            async with client.stream("POST", address, content=BODY) as response:
                async for piece in response.aiter_raw():
                    for _ in decoder.feed(piece):
                        took()

        yield read


def _by_model(
    make_client: Callable[[ssl.SSLContext | None], Any],
    stage: Callable[[Took], Any] | None = lambda took: tap(lambda _: took()),
) -> Client:
    """A model of ours over a client, with one stage, or with none."""

    @asynccontextmanager
    async def client(url: str, context: ssl.SSLContext | None) -> AsyncGenerator[ReadOne]:
        async with aclosing(make_client(context)) as http, Session() as session:
            model = iModel("openai", "m", api_key="x", base_url=url, http_client=http, stream=True)
            session.services.register(model)

            async def read(took: Took) -> None:
                reply = model.stream("hi")
                async with reply | stage(took) if stage else reply as chunks:
                    async for _ in chunks:
                        pass

            yield read

    return client


ours = _by_model(lambda context: open_client(ssl_context=context))
ours_bare = _by_model(lambda context: open_client(ssl_context=context), stage=None)
ours_with_an_idle_clock = _by_model(
    lambda context: open_client(ssl_context=context),
    lambda took: idle_timeout(60) | tap(lambda _: took()),
)
ours_over_httpx = _by_model(lambda context: _client(httpx, context))
ours_in_httpx = _by_model(
    lambda context: httpx.AsyncClient(transport=HTTPTransport(ssl_context=context), timeout=None)
)
"""Over a client of httpx whose connections are ours."""


def openai_sdk() -> Client:
    import openai

    @asynccontextmanager
    async def client(url: str, context: ssl.SSLContext | None) -> AsyncGenerator[ReadOne]:
        async with _client(httpx, context) as http:
            sdk = openai.AsyncOpenAI(api_key="x", base_url=url, http_client=http)

            async def read(took: Took) -> None:
                stream: Any = await sdk.chat.completions.create(
                    model="m", messages=MESSAGES, stream=True
                )
                await _each(stream, took)

            yield read

    return client


def anthropic_sdk() -> Client:
    """On its own provider's stream."""
    import anthropic
    import httpx2

    @asynccontextmanager
    async def client(url: str, context: ssl.SSLContext | None) -> AsyncGenerator[ReadOne]:
        address = url.replace("/openai", "/anthropic")
        async with _client(httpx2, context) as http:
            sdk = anthropic.AsyncAnthropic(api_key="x", base_url=address, http_client=http)

            async def read(took: Took) -> None:
                stream: Any = await sdk.messages.create(
                    model="m", max_tokens=9, messages=MESSAGES, stream=True
                )
                await _each(stream, took)

            yield read

    return client
