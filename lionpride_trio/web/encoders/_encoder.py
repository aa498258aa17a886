"""The interface of every encoder to those who send its bytes, and the state that all of ours keep."""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from ..._errors import ConfigurationError, LocalProtocolError
from ..._readonly import ReadOnlyDict
from ..._response import Response
from ._failures import Failure, describe_failure

NO_HEADERS: Final[Mapping[str, str]] = ReadOnlyDict()
Describe: TypeAlias = Callable[[Exception], Failure]
"""Says what a page is told of an exception."""


@runtime_checkable
class Encoder(Protocol):
    """Items of one stream in, the bytes of a protocol out.  No I/O happens in it."""

    media_type: str
    """The ``content-type`` of the response."""
    headers: Mapping[str, str]
    """Further headers that the protocol asks for."""
    heartbeat: bytes
    """Bytes for times of silence; empty where the protocol has nothing that means nothing."""

    def feed(self, item: object, id: int | str | None = None) -> bytes:
        """The bytes of the next item, or of what it ends; may be empty.

        *id* is the item's number in a stream that can be followed; items are counted where there is none.

        :raises LocalProtocolError: after `flush` or `fail`.
        :raises TypeError: JSON has no word for the item.
        """
        ...

    def flush(self, response: Response | None = None) -> bytes:
        """The bytes of the end; *response* is what the source says of it.  Empty the second time."""
        ...

    def fail(self, error: Exception) -> bytes:
        """The bytes of a failure, in place of the end.

        Empty where a failure can only break the connection, and after the end.
        """
        ...


class Machine(abc.ABC):
    """Base of the encoders of this package: one stream, which ends once."""

    media_type: str
    headers: Mapping[str, str] = NO_HEADERS
    heartbeat: bytes = b""

    def __init__(self, *, describe: Describe = describe_failure) -> None:
        """*describe* says what a page is told of an exception: by default its class and our words for it."""
        if not callable(describe):
            raise ConfigurationError(
                f"describe= is a function from an exception to a Failure, not {describe!r:.200}"
            )
        self._describe = describe
        self._has_ended = False

    def feed(self, item: object, id: int | str | None = None) -> bytes:
        """The bytes of the next item."""
        if self._has_ended:
            raise LocalProtocolError(f"{type(self).__name__} was fed after its end")
        return self._write(item, id)

    def flush(self, response: Response | None = None) -> bytes:
        """The bytes of the end."""
        if self._has_ended:
            return b""
        self._has_ended = True
        return self._end(response)

    def fail(self, error: Exception) -> bytes:
        """The bytes of a failure."""
        if self._has_ended:
            return b""
        self._has_ended = True
        return self._failed(self._describe(error))

    @abc.abstractmethod
    def _write(self, item: Any, id: int | str | None) -> bytes: ...

    @abc.abstractmethod
    def _end(self, response: Response | None) -> bytes: ...

    @abc.abstractmethod
    def _failed(self, failure: Failure) -> bytes: ...
