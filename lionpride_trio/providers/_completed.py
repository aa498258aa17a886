"""A provider that is no subclass of `Provider`, with the defaults of the members that it does not have."""

from __future__ import annotations

from typing import Any, Final

from .._errors import ConfigurationError
from ._protocol import Provider

NEEDED: Final = (
    "name",
    "endpoint",
    "framing",
    "base_url",
    "key_required",
    "request",
    "parser",
    "parse_body",
)
"""The members without a default."""


def completed(provider: Any) -> Provider:
    """*provider* as a `Provider`: itself, or with the defaults of what it does not say.

    :raises ConfigurationError: it lacks a member that has no default; says which.
    """
    missing = [name for name in NEEDED if not hasattr(provider, name)]
    if missing:
        raise ConfigurationError(
            "provider must be the name of one, such as 'openai', or be like"
            f" lionpride_trio.providers.Provider; {provider!r:.200} has no {', '.join(missing)}"
        )
    # Its classes are asked first: `isinstance` looks for all 30 members, which takes 30 µs.
    if Provider in type(provider).__mro__ or isinstance(provider, Provider):
        whole: Provider = provider
        return whole
    # Its members are those of the provider, which a type checker cannot see.
    wrap: Any = _Completed
    wrapped: Provider = wrap(provider)
    return wrapped


class _Completed(Provider):
    """Says what its provider says, and the default of everything else."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattribute__(self, name: str) -> Any:
        # And no __getattr__: that is asked last, and the defaults would come first.
        if name.startswith("_"):
            return object.__getattribute__(self, name)
        provider = object.__getattribute__(self, "_provider")
        own = getattr(provider, name, _NOTHING)
        return object.__getattribute__(self, name) if own is _NOTHING else own

    def __repr__(self) -> str:
        return repr(self._provider)


_NOTHING: Final = object()
