"""A failure as a page is told it: its class, and our own words for that class.

An error's text quotes a server: its addresses, the names of an account and its limits, paths of this
machine.  That is for the log of whoever runs the endpoint, so nothing of it is told.
"""

from __future__ import annotations

import math
from typing import Any, Final

import attrs

from ... import _errors as errors
from .._bad_request import BadPageRequest

_FALLBACK: Final = "The server failed."
_WORDS: Final[dict[type[BaseException], str]] = {
    errors.RateLimited: "The model's service takes no more requests at this time.",
    errors.QuotaExhausted: "The model's service cannot be used at this time.",
    errors.Overloaded: "The model's service is overloaded.",
    errors.ServerError: "The model's service failed.",
    errors.ContextTooLong: "The conversation is too long for the model.",
    errors.RequestTooLarge: "The request is too large for the model.",
    errors.BadRequest: "The model's service did not accept the request.",
    errors.AuthenticationError: "The model's service cannot be used at this time.",
    errors.PermissionDenied: "The model's service cannot be used at this time.",
    errors.NotFound: "The model or the stream is not there.",
    errors.ProviderError: "The model's service reported a failure.",
    errors.StreamTimeout: "The model's service did not answer in time.",
    errors.TransportError: "The connection to the model's service failed.",
    errors.WorkerLost: "The answer was cut off.",
    errors.WorkerError: "The server failed.",
    errors.StreamTruncated: "The answer was cut off.",
    errors.WriterLost: "The answer was cut off.",
    errors.AnswerCut: "The answer ended before it was whole.",
    errors.OutputInvalid: "The answer has not the form that was asked for.",
    errors.TurnsExhausted: "The answer took too many turns.",
    errors.LimitExceeded: "The answer passed a limit.",
    errors.StreamError: "The model's service gave no good answer.",
    errors.ToolError: "A tool failed.",
}


def _seconds(told: float | None) -> float | None:
    """*told* as seconds to wait; None where it is none, which neither a header nor JSON can say."""
    return told if told is not None and math.isfinite(told) and told >= 0 else None


@attrs.frozen
class Failure:
    """A failure as a page is told it."""

    error: str
    """The name of the exception's class."""
    message: str
    """A sentence that a page may show."""
    retryable: bool = False
    """Whether the same request may well succeed when sent again."""
    retry_after: float | None = attrs.field(default=None, converter=_seconds)
    """Seconds to wait before it is sent again, where the model's service said so."""

    def as_dict(self) -> dict[str, Any]:
        """The fields that say something, as plain data."""
        form: dict[str, Any] = {"error": self.error, "message": self.message}
        if self.retryable:
            form["retryable"] = True
        if self.retry_after is not None:
            form["retry_after"] = self.retry_after
        return form


def describe_failure(error: BaseException) -> Failure:
    """The failure that a page is told of: the class of *error*, and a sentence for that class.

    The text of *error* is told for `BadPageRequest` alone, which quotes nobody but the page.

    >>> from lionpride_trio import Overloaded
    >>> describe_failure(Overloaded("pool 7 of 10.0.0.3 is full")).as_dict()
    {'error': 'Overloaded', 'message': "The model's service is overloaded.", 'retryable': True}
    """
    name = type(error).__name__
    if isinstance(error, BadPageRequest):
        return Failure(name, str(error))
    message = next((_WORDS[kind] for kind in type(error).__mro__ if kind in _WORDS), _FALLBACK)
    if not isinstance(error, errors.LionprideError):
        return Failure(name, message)
    return Failure(name, message, error.retryable, error.retry_after)
