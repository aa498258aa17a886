"""What a model call is made with: where, with which key, and how long it may wait."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

import attrs

from .._errors import ConfigurationError
from .._text import Secret
from ..providers import Provider


class PlainHTTPWarning(UserWarning):
    """Prompts and keys go over a network unencrypted.  Warned of once for each host."""


_warned: set[str] = set()
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2: a token
_HOST = re.compile(
    r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?|[0-9a-fA-F:.]+(?:%[A-Za-z0-9]+)?"
)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _positive(_: object, attribute: attrs.Attribute[float], value: float) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
        raise ConfigurationError(f"timeouts: {attribute.name} must be seconds > 0, not {value!r}")


@attrs.frozen(kw_only=True)
class Timeouts:
    """Clocks, in seconds.  They run only while the library waits, never while you are busy.

    A deadline on the whole is yours to set, with ``trio.fail_after``.
    """

    connect: float = attrs.field(default=10.0, validator=_positive)
    """To make a connection."""
    first_content: float = attrs.field(default=60.0, validator=_positive)
    """From the end of the request to the first content; keep-alives do not count."""
    content_idle: float = attrs.field(default=60.0, validator=_positive)
    """Between two pieces of the answer, content or not; keep-alives do not count."""
    byte_idle: float = attrs.field(default=30.0, validator=_positive)
    """Between any two bytes of the body, keep-alives included; of the request too, while it is sent."""
    answer: float = attrs.field(default=600.0, validator=_positive)
    """To the whole of an answer that is not streamed."""


def find_key(provider: Provider, api_key: str | Secret | None) -> Secret | None:
    """The key: given, or from the provider's environment variables.

    :raises ConfigurationError: there is none and the provider needs one, or it cannot be sent.
    """
    if api_key is None:
        found = (os.environ.get(name) for name in provider.key_variables)
        api_key = next((key for key in found if key), None)
    if not api_key:
        if provider.key_required:
            variables = " or ".join(provider.key_variables)
            raise ConfigurationError(
                f"no key for provider {provider.name!r}: set {variables}, or pass api_key="
            )
        return None
    key = api_key if isinstance(api_key, Secret) else Secret(api_key)
    check_printable("api_key", key.reveal(), shown="its value")
    return key


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
    check_printable("base_url", url)
    if "://" not in url and provider.name == "ollama":
        url = f"http://{url}"  # OLLAMA_HOST is often only host:port
    try:
        parts = urlsplit(url)
        well_formed = (
            " " not in url and parts.port != 0 and _HOST.fullmatch(parts.hostname or "") is not None
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


def check_headers(headers: Mapping[str, str]) -> None:
    """Refuse what is no mapping of names to values, and forbidden characters in either.

    :raises ConfigurationError: one could end its header.
    """
    if not isinstance(headers, Mapping):
        raise ConfigurationError(
            'extra_headers must be a mapping, such as {"x-trace": "7"}, not'
            f" {type(headers).__name__}"
        )
    for name, value in headers.items():
        if not isinstance(name, str) or not _HEADER_NAME.fullmatch(name):
            raise ConfigurationError(f"{name!r:.200} is no name of a header")
        if not isinstance(value, str):
            raise ConfigurationError(f"header {name} must be a string, not {type(value).__name__}")
        check_printable(f"header {name}", value)
