"""Clients for a `Route`: the library's own where no proxy stands on it, else one of httpx's.

httpx knows proxies: tunnels, requests in their absolute form, users with passwords, and which hosts the
environment leaves out.  It is asked only where there is a proxy.  What it would do besides is turned
off: it keeps no cookies, follows no redirects and has no limits or timeouts of its own.
"""

from __future__ import annotations

import functools
import os
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import trio

from .._errors import ConfigurationError, ConnectionFailed, StreamTimeout
from .._safe_text import Secret
from ._client import open_client
from ._exchange import Exchange, Transport
from ._foreign import ForeignClient
from ._idle import IDLE_SECONDS, MAX_IDLE
from ._remedies import environment_proxy, through_proxy
from ._request import Request
from ._route import Route
from ._tls import default_context


class OwnedTransport(Transport, Protocol):
    """A transport that is closed by whoever opened it."""

    async def aclose(self) -> None:
        """Close the idle connections."""
        ...


def open_route(route: Route) -> OwnedTransport:
    """Make a client whose connections go along *route*, to be closed by the caller.  Does no I/O."""
    if route.is_direct:
        return open_client(ssl_context=route.ssl_context)
    return RoutedClient(route)


class RoutedClient:
    """Makes exchanges along *route*.  The environment is read at the first one."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._opening = trio.Lock()
        self._client: OwnedTransport | None = None

    @asynccontextmanager
    async def open_exchange(self, request: Request) -> AsyncGenerator[Exchange]:
        """As `Transport.open_exchange`.  Opens a nursery where there is a proxy.

        :raises ConfigurationError: the certificates that the environment names cannot be read.
        """
        client = self._client or await self._open()
        async with client.open_exchange(request) as exchange:
            yield exchange

    async def _open(self) -> OwnedTransport:
        async with self._opening:
            if self._client is None:
                context = await trio.to_thread.run_sync(_context_of, self._route)
                if self._route.proxy is not None or _environment_has_proxies():
                    self._client = _ProxiedClient(self._route, context)
                else:
                    self._client = open_client(ssl_context=context)
            return self._client

    async def aclose(self) -> None:
        """Close the idle connections."""
        if self._client is not None:
            await self._client.aclose()

    def __repr__(self) -> str:
        return f"<RoutedClient over {self._client!r}>"


class _ProxiedClient:
    """Makes exchanges by a client of httpx's, through the proxies that it is told of."""

    def __init__(self, route: Route, context: ssl.SSLContext) -> None:
        from http.cookiejar import CookieJar, DefaultCookiePolicy

        import httpx

        proxy: Any = route.proxy
        if isinstance(proxy, str | Secret):
            url = proxy.reveal() if isinstance(proxy, Secret) else proxy
            # A proxy that speaks TLS itself has a certificate, too.
            proxy = httpx.Proxy(url, ssl_context=context if url.startswith("https:") else None)
        self._route = route
        try:
            self._http = httpx.AsyncClient(
                verify=context,
                proxy=proxy,
                trust_env=bool(route.trust_env),
                cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
                limits=httpx.Limits(
                    max_connections=None,
                    max_keepalive_connections=MAX_IDLE,
                    keepalive_expiry=IDLE_SECONDS,
                ),
            )
        except (ImportError, ValueError, httpx.InvalidURL):
            # Its text may have a password.  What proxy= has was checked when it was given.
            raise ConfigurationError(
                f"trust_env=True reads {environment_proxy() or 'the proxies of the system'}, and httpx"
                " takes no such proxy: one is like http://host:port, and socks5:// needs"
                " pip install 'httpx[socks]'"
            ) from None
        self._transport = ForeignClient(self._http)

    @asynccontextmanager
    async def open_exchange(self, request: Request) -> AsyncGenerator[Exchange]:
        """As `Transport.open_exchange`; what fails before there is an answer names the proxy."""
        entered = False
        scheme = request.address.origin.scheme
        try:
            async with self._transport.open_exchange(request) as exchange:
                if exchange.status == 407:  # of plain HTTP, for which a proxy opens no tunnel
                    raise ConnectionFailed("407 Proxy Authentication Required", retryable=False)
                entered = True
                yield exchange
        except (ConnectionFailed, StreamTimeout) as error:
            if not entered:
                error.message += through_proxy(error, self._route, scheme)
            raise

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    def __repr__(self) -> str:
        return f"<_ProxiedClient over {self._transport!r}>"


def _environment_has_proxies() -> bool:
    from urllib.request import getproxies  # with http.client behind it: not before it is needed

    return bool(getproxies().keys() & {"http", "https", "all"})


def _context_of(route: Route) -> ssl.SSLContext:
    """Whom connections along *route* trust.  Blocks, for it may read files."""
    if route.ssl_context is not None:
        return route.ssl_context
    named = {name: os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    name = next((name for name, path in named.items() if path), None)
    if not route.trust_env or name is None:
        return default_context()
    try:
        return _context_at(*named.values())
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(
            f"trust_env=True reads {name}, and what it names has no certificates to read: {error}"
        ) from error


@functools.lru_cache(maxsize=8)
def _context_at(file: str | None, directory: str | None) -> ssl.SSLContext:
    """The context of the certificates that the environment names; *file* goes before *directory*.

    Kept, since a model outside of a session would make one for each call, which takes as long as the call.
    """
    return ssl.create_default_context(cafile=file or None, capath=None if file else directory)
