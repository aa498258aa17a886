"""Errors of a connection that could not be made, which say what to write: about TLS, and about proxies."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Sequence
from typing import Any, Final, cast
from urllib.parse import urlsplit

from .._errors import ConnectionFailed, LionprideError, StreamTimeout
from .._safe_text import Secret
from ._route import Route

_PROXIES: Final = ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY")
_PROXIES_OF: Final = {"https": ("HTTPS_PROXY", "ALL_PROXY"), "http": ("HTTP_PROXY", "ALL_PROXY")}
OWN_AUTHORITY: Final = (
    "to trust a certificate authority of your own, pass ssl_context= to Session or iModel, or set"
    " SSL_CERT_FILE and pass trust_env=True; for a client of yours, write"
    " http_client=httpx.AsyncClient(verify=ssl_context)"
)


def not_connected(host: str, port: int, error: Exception) -> ConnectionFailed:
    """The error of the library's own client where no address could be reached."""
    return ConnectionFailed(f"no connection to {host}:{port}: {_reason(error)}{_proxy_hint()}")


def not_connected_in_time(seconds: float) -> StreamTimeout:
    """The error of the library's own client where no connection was made in *seconds*."""
    return StreamTimeout(f"no connection within {seconds:g} s{_proxy_hint()}", clock="connect")


def not_secured(host: str, error: Exception) -> ConnectionFailed:
    """The error of the library's own client where the TLS handshake failed."""
    why = error.__cause__ or error
    hint = f": {OWN_AUTHORITY}" if is_distrust(error) else ""
    return ConnectionFailed(f"TLS with {host} failed: {why}{hint}")


def environment_proxy(names: Sequence[str] = _PROXIES) -> str | None:
    """Return the first of *names* that the environment has, in capitals or in small letters."""
    spelt = (each for name in names for each in (name, name.lower()))
    return next((name for name in spelt if os.environ.get(name)), None)


def through_proxy(error: LionprideError, route: Route, scheme: str) -> str:
    """What the text of *error* lacks, where a connection for *scheme* goes along *route*.

    No user and no password of a proxy is told.
    """
    proxy: Any = route.proxy
    if proxy is not None:
        text = proxy.reveal() if isinstance(proxy, Secret) else str(getattr(proxy, "url", proxy))
        parts = urlsplit(text)
        place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        hint = f" (through the proxy of proxy=, {place})"
    else:
        name = environment_proxy(_PROXIES_OF[scheme])
        if name is None:
            return ""
        hint = f" (through the proxy of {name}, which trust_env=True reads, where NO_PROXY does not"
        hint += " leave the host out)"
    if "407" in error.message:
        hint += ": write its user and password into its URL, http://user:password@host:port"
    return hint


def is_distrust(error: BaseException) -> bool:
    """Whether a certificate that is not trusted is behind *error*."""
    return any(isinstance(one, ssl.SSLCertVerificationError) for one in causes(error))


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and the errors behind it, the nearest first."""
    seen: list[BaseException] = []
    found: BaseException | None = error
    while found is not None and found not in seen:
        yield found
        seen.append(found)
        found = found.__cause__ or found.__context__


def _reason(error: Exception) -> str:
    """Return why the first address could not be reached; trio has one error an address, in a group."""
    behind: Any = error.__cause__
    while isinstance(behind, BaseExceptionGroup):
        behind = cast(BaseExceptionGroup[BaseException], behind).exceptions[0]
    known = isinstance(behind, OSError) and behind.errno
    return os.strerror(known) if known else str(error)


def _proxy_hint() -> str:
    """Return a hint where the environment names a proxy, without its address: that may have a password."""
    found = environment_proxy()
    if found is None:
        return ""
    return (
        f" ({found} is set, and is not read: to go through that proxy, pass trust_env=True, or"
        " proxy=, to Session or iModel)"
    )
