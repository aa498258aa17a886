"""The way of a connection where the caller has no client of their own: who is trusted, and through which proxy."""

from __future__ import annotations

import importlib.util
import ssl
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable
from urllib.parse import urlsplit

import attrs

from .._errors import ConfigurationError
from .._safe_text import Secret

_SCHEMES: Final = ("http", "https", "socks5", "socks5h")
_URLS: Final = "'http://host:port' or 'http://user:password@host:port'"


@runtime_checkable
class ProxySettings(Protocol):
    """What ``httpx.Proxy(…)`` gives: the URL of a proxy, with headers and certificates of its own."""

    @property
    def url(self) -> Any:
        """Where the proxy is."""
        ...

    @property
    def raw_auth(self) -> Any:
        """The user and the password."""
        ...


Proxy: TypeAlias = str | Secret | ProxySettings
"""A proxy: its URL, which may have a user and a password, or an ``httpx.Proxy``."""


def _check_context(_: Any, __: Any, value: object) -> None:
    if value is not None and not isinstance(value, ssl.SSLContext):
        raise ConfigurationError(
            "ssl_context= takes an ssl.SSLContext, such as"
            f" ssl.create_default_context(cafile=…), not {_shown(value)}"
        )
    if value is not None:
        refuse_servers("ssl_context", value)


def refuse_servers(option: str, context: ssl.SSLContext) -> None:
    """Refuse a context that only a server can use.

    :raises ConfigurationError: *context*, which *option* gives, is one.
    """
    if context.protocol is ssl.PROTOCOL_TLS_SERVER:
        raise ConfigurationError(
            f"{option}= takes the context of a client, and this is one of a server (such as"
            " Purpose.CLIENT_AUTH makes): write ssl.create_default_context(cafile=…)"
        )


def _check_proxy(_: Any, __: Any, value: object) -> None:
    if value is None or isinstance(value, ProxySettings):
        return
    # Never shown: it may have a password.
    text = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str):
        raise ConfigurationError(
            f"proxy= takes a URL such as {_URLS}, or an httpx.Proxy, not {type(text).__name__}"
        )
    if not text.isprintable() or " " in text:
        raise ConfigurationError(f"proxy= has blanks or characters that are none: write {_URLS}")
    try:
        parts = urlsplit(text)
        has_place = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, a bracket that is not closed
        raise ConfigurationError(f"proxy= has no sensible host and port: write {_URLS}") from None
    if parts.scheme not in _SCHEMES or not has_place:
        raise ConfigurationError(
            f"proxy= takes a URL such as {_URLS}; it begins with one of"
            f" {', '.join(f'{scheme}://' for scheme in _SCHEMES)}"
        )
    if parts.scheme.startswith("socks") and importlib.util.find_spec("socksio") is None:
        raise ConfigurationError(
            f"proxy= begins with {parts.scheme}://, for which httpx needs socksio:"
            " pip install 'httpx[socks]'"
        )


def _check_trust_env(_: Any, __: Any, value: object) -> None:
    if value is not None and not isinstance(value, bool):
        raise ConfigurationError(f"trust_env= takes True or False, not {_shown(value)}")


def _shown(value: object) -> str:
    return f"{value!r:.200}" if isinstance(value, bool | int | str) else type(value).__name__


@attrs.frozen(kw_only=True)
class Route:
    """How connections are made.  None is not given.

    :raises ConfigurationError: one of them cannot be.
    """

    ssl_context: ssl.SSLContext | None = attrs.field(default=None, validator=_check_context)
    """Who is trusted, with the client's own certificates; without one, certifi's store."""
    proxy: Proxy | None = attrs.field(default=None, validator=_check_proxy, repr=False)
    """Through which all connections go."""
    trust_env: bool | None = attrs.field(default=None, validator=_check_trust_env)
    """Whether the environment may name proxies (``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``,
    ``NO_PROXY``) and certificates (``SSL_CERT_FILE``, ``SSL_CERT_DIR``)."""

    @property
    def given(self) -> list[str]:
        """The names of what is given."""
        fields = attrs.asdict(self, recurse=False)
        return [name for name, value in fields.items() if value is not None]

    def before(self, other: Route) -> Route:
        """This one, with what *other* says where it says nothing."""
        if not self.given:
            return other
        return Route(
            ssl_context=self.ssl_context or other.ssl_context,
            proxy=self.proxy or other.proxy,
            trust_env=other.trust_env if self.trust_env is None else self.trust_env,
        )

    @property
    def is_direct(self) -> bool:
        """No proxy can stand on it."""
        return self.proxy is None and not self.trust_env


DIRECT: Final = Route()
