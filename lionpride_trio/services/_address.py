"""Keys, addresses and headers of a model's calls, checked before anything is sent."""

from __future__ import annotations

import inspect
import os
import re
import warnings
from collections.abc import Awaitable, Callable, Mapping
from ipaddress import ip_address
from typing import TypeAlias
from urllib.parse import urlsplit

from .._errors import ConfigurationError
from .._safe_text import Secret, Token
from .._transport import Route
from ..providers import Provider

AskKey: TypeAlias = Callable[[], str | Secret | Awaitable[str | Secret]]
"""Gives the key of one call."""
ApiKey: TypeAlias = str | Secret | AskKey


class PlainHTTPWarning(UserWarning):
    """Prompts and keys go over a network unencrypted.  Warned of once for each host."""


_warned: set[str] = set()
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2: a token
_FRAMING = frozenset({"content-length", "transfer-encoding", "trailer", "upgrade"})
"""Headers that say where a request ends.  A second one that says another end hides one request in another."""
_HOST = re.compile(
    r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?|[0-9a-fA-F:.]+(?:%[A-Za-z0-9]+)?"
)


_PLACE = re.compile(r"(?:[^@]*@)?(?:\[[^][]+\]|[^][:]+)(?::[0-9]*)?")
"""A host with its port.  `urlsplit` takes whatever stands before and behind the brackets of an IPv6 address."""
_LIKE_IPV4 = re.compile(r"[0-9]+.[0-9]+.[0-9]+.[0-9]+")
"""Hosts that httpx takes for an address of four numbers, whatever stands between them."""


def _is_host(host: str) -> bool:
    if _LIKE_IPV4.fullmatch(host):
        try:
            return ip_address(host).version == 4
        except ValueError:
            return False
    return _HOST.fullmatch(host) is not None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def find_key(provider: Provider, api_key: ApiKey | None) -> Secret | AskKey | None:
    """The key, or the function that gives it: given, or from the provider's environment variables.

    :raises ConfigurationError: there is none and the provider needs one, or it cannot be sent.
    """
    if callable(api_key):
        return api_key
    if api_key is None:
        return _key_from_environment(provider)
    return _check_key(provider, read_key(api_key))


def read_key(api_key: object) -> Secret | None:
    """A key as a secret; None for an empty one.

    :raises ConfigurationError: it is no key, or cannot be sent.
    """
    if not isinstance(api_key, str | Secret):
        raise ConfigurationError(
            "api_key= takes a str, or a function (sync or async) that gives one, not"
            f" {type(api_key).__name__}"
        )
    key = api_key if isinstance(api_key, Secret) else Secret(api_key)
    if not key.reveal():
        return None
    check_printable("api_key", key.reveal(), shown="its value")
    return key


async def ask_key(provider: Provider, ask: AskKey) -> Secret | None:
    """The key that the function of an ``api_key=`` gives now.

    :raises ConfigurationError: what it gives is no key.
    """
    given = ask()
    if inspect.isawaitable(given):
        given = await given
    return _check_key(provider, read_key(given))


def _key_from_environment(provider: Provider) -> Secret | None:
    for name in provider.key_variables:
        if os.environ.get(name):
            return read_key(os.environ[name])
    for name in provider.token_variables:
        if os.environ.get(name):
            check_printable(name, os.environ[name], shown="its value")
            return Token(os.environ[name])
    return _check_key(provider, None)


def _check_key(provider: Provider, key: Secret | None) -> Secret | None:
    if key is None and provider.key_required:
        variables = " or ".join(provider.key_variables)
        raise ConfigurationError(
            f"no key for provider {provider.name!r}: set {variables}, or pass api_key="
        )
    return key


def find_headers(provider: Provider) -> dict[str, str]:
    """The headers that the provider's environment variables fill."""
    found = {
        header: os.environ[name]
        for name, header in provider.header_variables.items()
        if os.environ.get(name)
    }
    check_headers(found)
    return found


def check_client(client: object) -> None:
    """Refuse an ``http_client=`` that no call can be made with.

    :raises ConfigurationError: *client* is a class, not of an async library, or closed.
    """
    wanted = "http_client= takes an open httpx.AsyncClient(…)"
    if isinstance(client, type):
        raise ConfigurationError(f"{wanted}, not the class: write {client.__name__}(…)")
    if not all(callable(getattr(client, name, None)) for name in ("stream", "aclose")):
        what = f"{type(client).__module__.partition('.')[0]}.{type(client).__name__}"
        raise ConfigurationError(f"{wanted}, not {what}: its calls must be async")
    if getattr(client, "is_closed", False) is True:
        raise ConfigurationError(f"{wanted}, and this one is closed")


def check_route(route: Route, client: object, provider: Provider) -> None:
    """Refuse ways for connections beside a client that makes them.

    :raises ConfigurationError: names the first, and says what to write.
    """
    if not route.given:
        return
    if client is not None:
        raise ConfigurationError(
            f"http_client= makes its own connections, so {route.given[0]}= would be without effect:"
            " write http_client=httpx.AsyncClient(proxy=…, verify=ssl_context, trust_env=…), or leave"
            " http_client= out"
        )
    if provider.http_client is not None:
        raise ConfigurationError(
            f"provider {provider.name!r} uses no network: leave {route.given[0]}= out"
        )


def find_base_url(provider: Provider, base_url: str | None) -> str | None:
    """The base URL: given, from the environment, or the provider's own; None for a hosted one.

    :raises ConfigurationError: there is none, or it is no http(s) URL.
    """
    environment = (os.environ.get(name) for name in provider.base_url_variables)
    url = base_url or next((found for found in environment if found), None) or provider.base_url
    if url is None:
        if provider.host is not None:
            return None
        raise ConfigurationError(f"provider {provider.name!r} has no address: pass base_url=")
    url = provider.complete_address(url)
    check_printable("base_url", url)
    try:
        parts = urlsplit(url)
        well_formed = (
            " " not in url
            and parts.port != 0
            and _PLACE.fullmatch(parts.netloc) is not None
            and _is_host(parts.hostname or "")
        )
    except ValueError:  # a port beyond 65535, a bracket that is not closed
        raise ConfigurationError(f"base_url has no sensible host and port: {url!r}") from None
    if (
        parts.scheme not in {"http", "https"}
        or not well_formed
        or not parts.hostname
        or parts.query
        or parts.fragment
    ):
        raise ConfigurationError(f"base_url must be like 'https://host/path', not {url!r}")
    if parts.username or parts.password:
        raise ConfigurationError("base_url must have no user or password in it: pass api_key=")
    host = parts.hostname
    if parts.scheme == "http" and not _is_loopback(host) and host not in _warned:
        _warned.add(host)
        warnings.warn(f"prompts and keys go to {host} unencrypted", PlainHTTPWarning, stacklevel=4)
    return url.rstrip("/")


def check_printable(what: str, value: str, *, shown: str | None = None) -> None:
    """Refuse characters that could end a header or a URL.

    :raises ConfigurationError: *value* is not printable ASCII, or has blanks at its ends.
    """
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise ConfigurationError(
            f"{what} must be printable ASCII without blanks at its ends; {shown or repr(value)} is not"
        )


def check_key_alone(
    provider: Provider, key: Secret | AskKey | None, headers: Mapping[str, str]
) -> None:
    """Refuse a header of the caller's in the place of the key's: one of the two would be without effect.

    :raises ConfigurationError: there is one.
    """
    if key is None or not headers:
        return
    places = provider.authorize(key if isinstance(key, Secret) else Secret("asked-for-later"))
    taken = {name.lower() for name in places}
    for name in headers:
        if name.lower() in taken:
            raise ConfigurationError(
                f"extra_headers= has {name!r}, where the key is sent: give the key as api_key= alone, or"
                " leave the key out, with a provider that needs none"
            )


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse headers that are no mapping of names to values, forbidden characters in either, and framings.

    :raises ConfigurationError: one could end its header, or the request.
    """
    if not isinstance(headers, Mapping):
        raise ConfigurationError(
            'extra_headers must be a mapping, such as {"x-trace": "7"}, not'
            f" {type(headers).__name__}"
        )
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigurationError(f"{name!r:.200} is no name of a header")
        if name.lower() in _FRAMING:
            raise ConfigurationError(
                f"extra_headers= cannot set {name!r}: how a request is framed is not the caller's to say;"
                " leave it out"
            )
        if not isinstance(value, str):
            raise ConfigurationError(f"header {name} must be a string, not {type(value).__name__}")
        check_printable(f"header {name}", value)
