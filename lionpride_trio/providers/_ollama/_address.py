"""The address that ``OLLAMA_HOST`` means."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_PORT: Final = 11434
# Where a server is asked that listens on all addresses, or is said to be nowhere.
_OWN: Final = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # ruff: ignore[hardcoded-bind-all-interfaces]  # nothing is bound


def complete_address(text: str) -> str:
    """The base URL that *text* (of ``OLLAMA_HOST``) means, as Ollama itself reads it.

    The scheme, the host and the port may each be missing; a server that listens on all addresses
    is asked on this machine's own.
    """
    scheme, mark, rest = text.strip(" \t\"'").rpartition("://")
    port = {"http": 80, "https": 443}.get(scheme, _PORT) if mark else _PORT
    place, slash, path = rest.partition("/")
    if place.count(":") > 1 and not place.startswith("["):
        place = f"[{place}]"  # an address of IPv6 by itself
    try:
        parts = urlsplit(f"//{place}")
        port = port if parts.port is None else parts.port
    except ValueError:
        return text  # and is refused as any other
    host = place.rpartition(":")[0] if place.endswith(":") or parts.port is not None else place
    host = _OWN.get(host, host)
    return f"{scheme or 'http'}://{host}:{port}{slash}{path}"
