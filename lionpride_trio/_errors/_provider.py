"""The provider reported a failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._safe_text import Secret
from ._base import LionprideError
from ._masking import masked


class ProviderError(LionprideError):
    """The provider reported a failure, by HTTP status or by an event in the stream.

    ``status`` is the HTTP status (None in the stream), ``code`` and ``kind`` are the provider's
    own words, ``body`` is the error document: decoded where it is JSON, with secrets masked.
    """

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        code: str | None = None,
        kind: str | None = None,
        body: Any = None,
        **where: Any,
    ) -> None:
        super().__init__(message, **where)
        self.status = status
        self.code = code
        self.kind = kind
        self.body = body

    def _locate(self, *, secrets: Sequence[Secret] = (), **where: Any) -> None:
        super()._locate(secrets=secrets, **where)
        for secret in secrets:
            self.body = masked(self.body, secret)


class BadRequest(ProviderError):
    """The request is wrong (400, 413, 422)."""


class ContextTooLong(BadRequest):
    """The messages do not fit into the model's context."""


class RequestTooLarge(BadRequest):
    """The request body is too large (413)."""


class AuthenticationError(ProviderError):
    """The key is missing or wrong (401)."""


class PermissionDenied(ProviderError):
    """The key may not do this (403)."""


class NotFound(ProviderError):
    """No such model or path (404)."""


class RateLimited(ProviderError):
    """Too many requests (429)."""

    retryable = True


class QuotaExhausted(RateLimited):
    """The account's quota or credit is spent.  Waiting a little does not help."""

    retryable = False


class Overloaded(ProviderError):
    """The provider is overloaded (503, 529)."""

    retryable = True


class ServerError(ProviderError):
    """The provider failed (5xx)."""

    retryable = True
