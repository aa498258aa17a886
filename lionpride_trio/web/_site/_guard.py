"""Who may ask the site, and what a browser may do with its answers.

The site spends money and runs on a machine of its user's, and every page that the user's browser has
open may send requests to it.  Three rules keep the others out:

1. ``Host`` is an address, ``localhost`` or a name that the server was told.  A foreign name that was
   pointed at this address (DNS rebinding) would have its page count as of one origin with ours.
2. What a browser says to come from another site is refused, unless it is a link that was followed.
3. What changes something names our own origin in ``Origin``, where it names one.  Programs name none;
   browsers always do.
"""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    # No word that allows inline code or foreign hosts: a text that became HTML could still do nothing.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_READING: Final = {"GET", "HEAD"}


class Guard:
    """An ASGI application in front of *app*.  *names* are the host's names beside its addresses."""

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app = app
        self._names = {"localhost", *(name.lower() for name in names)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request of *scope*, as ASGI wants it."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
            await send(message)

        refused = self._refusal(scope["method"], Headers(scope=scope))
        app = self._app if refused is None else JSONResponse(refused, 403)
        await app(scope, receive, send_guarded)

    def _refusal(self, method: str, headers: Headers) -> dict[str, str] | None:
        """Why the request is not answered; None if it is."""
        host = headers.get("host", "")
        if not self._is_own(host):
            return _refused(
                "this site is not known by the name of that host: use its address, or start it with"
                " --host NAME"
            )
        if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            is_link = method == "GET" and headers.get("sec-fetch-mode") == "navigate"
            if not is_link:
                return _refused("the request comes from another site")
        origin = headers.get("origin")
        if origin is not None and method not in _READING and _authority(origin) != host.lower():
            return _refused("the request comes from another origin")
        return None

    def _is_own(self, host: str) -> bool:
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _authority(origin: str) -> str | None:
    """The host and port of an origin; None for one that has none, such as ``null``."""
    try:
        return urlsplit(origin).netloc.lower() or None
    except ValueError:
        return None


def _refused(message: str) -> dict[str, str]:
    return {"error": "Forbidden", "message": message}
