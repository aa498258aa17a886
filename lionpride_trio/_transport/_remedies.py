"""Errors of a connection that could not be made, which say what to write: about TLS, and about proxies."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from typing import Any, Final, cast

from .._errors import ConnectionFailed, StreamTimeout

_PROXIES: Final = ("HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY")
OWN_AUTHORITY: Final = (
    "to trust a certificate authority of your own, pass"
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
    names = (spelt for name in _PROXIES for spelt in (name, name.lower()))
    found = next((name for name in names if os.environ.get(name)), None)
    if found is None:
        return ""
    return (
        f" ({found} is set, and the library's own client asks no proxy: to go through it, pass"
        " http_client=httpx.AsyncClient(trust_env=True))"
    )
