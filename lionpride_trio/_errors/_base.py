"""The base of all errors: its place, its masked text, and its pickle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._portable import is_portable
from .._safe_text import MAX_ERROR_TEXT, Secret, escape_controls, shorten
from .._timings import CallFacts, RateLimits, Timings
from ._masking import mask_causes

if TYPE_CHECKING:
    from .._response import Response


class LionprideError(Exception):
    """The base of every error that this library raises.

    *message* may quote a server: it is masked, its control characters are escaped and it is
    shortened when shown.  ``partial`` is the `Response` so far once a byte of the answer came.
    """

    _call: CallFacts | None = None
    """The facts of the call that failed."""
    headers: Mapping[str, str] | None = None
    """The headers of the answer that failed, as `Response.headers`; None for an error that is of no call."""

    retryable: bool = False
    """Whether the same request may well succeed when sent again."""

    def __init__(
        self,
        message: str = "",
        *,
        provider: str | None = None,
        model: str | None = None,
        request_id: str | None = None,
        retryable: bool | None = None,
        retry_after: float | None = None,
        partial: Response | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.provider = provider
        self.model = model
        self.request_id = request_id
        if retryable is not None:
            self.retryable = retryable
        self.retry_after = retry_after
        self.partial = partial
        self._take_call(partial)

    def _locate(
        self,
        *,
        provider: str | None,
        model: str,
        request_id: str | None = None,
        partial: Response | None = None,
        secrets: Sequence[Secret] = (),
        call: CallFacts | None = None,
    ) -> None:
        """Say where the error happened (what is already known stays) and mask *secrets*."""
        self.provider = self.provider or provider
        self.model = self.model or model
        self.request_id = self.request_id or request_id
        self.partial = self.partial if partial is None else partial
        self._take_call(partial, call)
        for secret in secrets:
            self.message = secret.mask(self.message)
            mask_causes(self, secret)
        self.args = (self.message,)

    def _take_call(self, partial: Response | None, call: CallFacts | None = None) -> None:
        """Keep the facts of the call: *call*, or those of the answer that came of it."""
        if call is None and partial is not None:
            call = partial.call
        if call is not None and self._call is None:
            self._call = call
            self.headers = call.headers

    @property
    def timings(self) -> Timings | None:
        """When what of the call came; None for an error that is of no call."""
        return None if self._call is None else self._call.timings

    @property
    def rate_limits(self) -> RateLimits | None:
        """The limits that the headers tell of, as numbers; None where they do not."""
        return None if self._call is None else self._call.rate_limits

    def __reduce__(self) -> tuple[Any, ...]:
        # By default pickle makes an exception of its args alone, and these have keywords too.
        state = self._picklable()
        cause = self.__cause__
        if isinstance(cause, LionprideError) or is_portable(cause):
            state["__cause__"] = cause
        else:
            text = shorten(str(cause), MAX_ERROR_TEXT)
            state["__notes__"] = [
                *getattr(self, "__notes__", ()),
                f"caused by {type(cause).__name__}, which could not be pickled: {text}",
            ]
        return _blank, (type(self), self.args), state

    def _picklable(self) -> dict[str, Any]:
        """The attributes; those that cannot be pickled are None."""
        return {name: value if is_portable(value) else None for name, value in vars(self).items()}

    def __str__(self) -> str:
        where = "/".join(escape_controls(part) for part in (self.provider, self.model) if part)
        text = escape_controls(self.message)
        return shorten(f"{where}: {text}" if where else text, MAX_ERROR_TEXT)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


def _blank(kind: type[LionprideError], args: tuple[Any, ...]) -> LionprideError:
    """An error that pickle is about to give its attributes."""
    error = kind.__new__(kind, *args)
    error.args = args  # which OSError leaves to the __init__ of its subclasses
    return error
