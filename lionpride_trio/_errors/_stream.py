"""The status was 2xx, and yet there is no good answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._safe_text import Secret
from ._base import LionprideError

if TYPE_CHECKING:
    from .._chunks import Verdict


class StreamError(LionprideError):
    """The status was 2xx, and yet it is not a good answer."""


class StreamTruncated(StreamError):
    """The body ended without the provider's end mark.  ``partial`` is what came."""

    retryable = True


class NotAStream(StreamError):
    """The body is no event stream: an HTML page, a JSON document, nothing, an unknown encoding."""


class DecodeError(StreamError):
    """The body could not be decoded; ``line`` is the start of the text that failed."""

    def __init__(self, message: str = "", *, line: str | None = None, **where: Any) -> None:
        super().__init__(message, **where)
        self.line = line

    def _locate(self, *, secrets: Sequence[Secret] = (), **where: Any) -> None:
        super()._locate(secrets=secrets, **where)
        for secret in secrets:
            self.line = self.line and secret.mask(self.line)


class AnswerCut(StreamError):
    """A turn of a conversation ended before its answer was whole, so nothing was committed.

    ``verdict`` says how it ended: LENGTH, BLOCKED, REFUSED or PAUSED.  ``partial`` is the `Response`.
    """

    def __init__(self, message: str = "", *, verdict: Verdict, **where: Any) -> None:
        super().__init__(message, **where)
        self.verdict = verdict


class OutputInvalid(StreamError):
    """The answer has not the type that was asked for, or is no JSON.

    ``path`` is the place of the first fault, such as ``steps[1].minutes``, and empty for the whole;
    ``text`` is what was read as the answer, as the model wrote it.
    """

    def __init__(self, message: str = "", *, path: str = "", text: str = "", **where: Any) -> None:
        super().__init__(message, **where)
        self.path = path
        self.text = text

    def _locate(self, *, secrets: Sequence[Secret] = (), **where: Any) -> None:
        super()._locate(secrets=secrets, **where)
        for secret in secrets:
            self.text = secret.mask(self.text)


class TurnsExhausted(StreamError):
    """A conversation with tools asked the model as often as it may, and it goes on calling.

    ``turns`` says how often.  ``partial`` has the parts of all turns, results included.
    """

    def __init__(self, message: str = "", *, turns: int, **where: Any) -> None:
        super().__init__(message, **where)
        self.turns = turns


class WriterLost(StreamError):
    """The writer of a durable stream did not renew its lease: its process died, or was cut off.

    ``partial`` is what it had written.
    """


class LimitExceeded(StreamError):
    """The answer passed a bound: ``limit`` is its name, ``value`` the bound."""

    def __init__(self, message: str = "", *, limit: str, value: int, **where: Any) -> None:
        super().__init__(message, **where)
        self.limit = limit
        self.value = value
