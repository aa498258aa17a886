"""A request, where it goes, and how long each step of it may take."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import AsyncIterable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import attrs

from .._errors import ConfigurationError

CLOSE_SECONDS: Final = 1.0
"""How long others' code may take to close something when the caller is already cancelled."""
_encode: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False
).encode  # `dumps` makes one each time
_PORTS: Final = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """The place that a connection is made to."""

    scheme: str
    host: str
    port: int
    server_name: str = ""
    """The name that TLS asks for, where it is another than the host's."""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


@attrs.frozen
class Address:
    """A URL, in the parts that a request needs."""

    origin: Origin
    host: str
    """The ``host`` header."""
    target: bytes
    """The path with the query, as the first line of a request has it."""


def _do_nothing() -> None:
    pass


@attrs.frozen(kw_only=True)
class Request:
    """One request.  Its `repr` shows no header and no body, which have keys and prompts."""

    url: str = attrs.field(repr=False)  # a query may have a key
    method: str = "POST"
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    """Names are in small letters."""
    header_lines: Sequence[tuple[bytes, bytes]] | None = attrs.field(default=None, repr=False)
    """In the place of `headers`: all that is sent, with the host and how the body is framed."""
    body: bytes = attrs.field(default=b"", repr=False)
    body_pieces: AsyncIterable[bytes] | None = attrs.field(default=None, repr=False)
    """In the place of `body`: one that is made while it is sent, framed as `header_lines` say.  It can
    be sent but once."""
    server_name: str = ""
    """The name that TLS asks for, where it is another than the host's."""
    connect: float = math.inf
    """Seconds to connect."""
    send_idle: float = math.inf
    """Seconds in which some of the request must leave."""
    wait: float = math.inf
    """Seconds from the end of the request to the head of its answer."""
    once: bool = False
    """It must not be sent a second time: an idle connection, which may turn out to be closed while
    nobody knows whether the server has read the request, will not do."""

    read_whole: bool = False
    """Its answer is read to the end in one go: a read that was cancelled is not asked for again."""
    on_sent: Callable[[], None] = attrs.field(default=_do_nothing, repr=False, eq=False)
    """Called when it has been sent."""
    slow_after: float = math.inf
    """Seconds of `wait` after which `on_slow` is called, once."""
    on_slow: Callable[[], None] = attrs.field(default=_do_nothing, repr=False, eq=False)

    @property
    def address(self) -> Address:
        """Where it goes."""
        return address_of(self.url)


@functools.lru_cache(maxsize=256)
def address_of(text: str) -> Address:
    """The parts of a URL.

    :raises ConfigurationError: it is none, or longer than 64 KiB.
    """
    import httpx  # not before the first call: it is a quarter of what importing all this takes

    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        # Not its cause: that may quote the query, which may have a key.
        raise ConfigurationError(
            f"no call can be made to this URL ({error}): look at base_url= and extra_query="
        ) from None
    port = url.port or _PORTS[url.scheme]
    return Address(
        origin=Origin(url.scheme, url.raw_host.decode("ascii"), port),
        host=url.netloc.decode("ascii"),
        target=url.raw_path,
    )


def json_request(
    url: str,
    *,
    body: Mapping[str, Any],
    headers: Mapping[str, str],
    connect: float,
    send_idle: float,
    wait: float,
    once: bool = False,
    read_whole: bool = False,
) -> Request:
    """A ``POST`` of *body* as JSON, with the headers that each request of this library has.

    :raises ConfigurationError: JSON cannot say *body*.
    """
    try:
        text = _encode(body)
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"the request cannot be written as JSON: {error}") from error
    return Request(
        url=url,
        headers={
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": "lionpride_trio",
            **headers,
        },
        body=text.encode("utf-8", "replace"),
        connect=connect,
        send_idle=send_idle,
        wait=wait,
        once=once,
        read_whole=read_whole,
    )
