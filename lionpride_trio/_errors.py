"""Everything that this library raises on its own account.

::

    LionprideError             .provider .model .request_id .retryable .retry_after .partial
    ├─ ConfigurationError      also a ValueError; raised before a byte is sent
    ├─ TransportError          the network failed; __cause__ is the HTTP library's error
    │   ├─ ConnectionFailed    no connection could be made
    │   ├─ ConnectionLost      reset, or an end inside the framing
    │   ├─ HTTPProtocolError   what came is not HTTP
    │   ├─ StreamTimeout       also a TimeoutError; .clock says which clock ran out
    │   └─ RedirectRefused     the server pointed elsewhere
    ├─ StreamError             2xx, and yet not a good answer
    │   ├─ StreamTruncated     ended without the provider's end mark
    │   ├─ NotAStream          an HTML page, a JSON body, 204, a wrong encoding
    │   ├─ DecodeError         JSON, wrong types, compression; .line
    │   ├─ AnswerCut           a turn ended before its answer was whole; .verdict
    │   ├─ OutputInvalid       the answer has not the type that was asked for; .path .text
    │   ├─ WriterLost          the process that wrote a durable stream died, or was cut off
    │   └─ LimitExceeded       a bound of ours was passed; .limit .value
    ├─ ProviderError           .status (None in the stream) .code .kind .body
    │   ├─ BadRequest          400, 413, 422
    │   │   ├─ ContextTooLong
    │   │   └─ RequestTooLarge
    │   ├─ AuthenticationError 401
    │   ├─ PermissionDenied    403
    │   ├─ NotFound            404
    │   ├─ RateLimited         429
    │   │   └─ QuotaExhausted  not retryable
    │   ├─ Overloaded          503, 529
    │   └─ ServerError         5xx
    ├─ ToolError               a tool's result cannot be told, or its server reports a failure; .tool
    │   ├─ ToolArgumentsInvalid  a model's arguments do not fit the tool; .places
    │   └─ UnknownTool         a model called a tool that there is not
    ├─ LocalProtocolError      something of this library was used wrongly
    ├─ SinkError               a file, terminal or network sink failed; .sink
    ├─ OperationError          .operation; __cause__ is what failed
    └─ FlowError               an ExceptionGroup of OperationErrors

``trio.Cancelled`` and the exceptions of the caller's own code are never caught, wrapped or
grouped.  Classes decide what to do about an error, never texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from ._portable import is_portable
from ._safe_text import MAX_ERROR_TEXT, Secret, escape_controls, shorten

if TYPE_CHECKING:
    from ._chunks import Verdict
    from ._response import Response


class LionprideError(Exception):
    """The base of every error that this library raises.

    *message* may quote a server: it is masked, its control characters are escaped and it is
    shortened when shown.  ``partial`` is the `Response` so far once a byte of the answer came.
    """

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

    def _locate(
        self,
        *,
        provider: str,
        model: str,
        request_id: str | None = None,
        partial: Response | None = None,
        secrets: Sequence[Secret] = (),
    ) -> None:
        """Say where the error happened (what is already known stays) and mask *secrets*."""
        self.provider = self.provider or provider
        self.model = self.model or model
        self.request_id = self.request_id or request_id
        self.partial = self.partial if partial is None else partial
        for secret in secrets:
            self.message = secret.mask(self.message)
            _mask_causes(self, secret)
        self.args = (self.message,)

    def __reduce__(self) -> tuple[Any, ...]:
        # By default an exception is made again of its args, and ours have keywords too.
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


def _mask_causes(error: BaseException, secret: Secret) -> None:
    """Mask *secret* in what *error* came from: a traceback shows the whole chain."""
    seen: set[int] = {id(error)}
    left = [error.__cause__, error.__context__]
    while left:
        other = left.pop()
        if other is None or id(other) in seen:
            continue
        seen.add(id(other))
        other.args = tuple(_masked(value, secret) for value in other.args)
        for name, value in vars(other).items():
            vars(other)[name] = _masked(value, secret)
        left += [other.__cause__, other.__context__]


_Document: TypeAlias = "dict[Any, _Document] | list[_Document] | str | float | None"


def _masked(value: Any, secret: Secret) -> Any:
    """*value* with *secret* masked in all its strings."""
    document: _Document = value
    if isinstance(document, str):
        return secret.mask(document)
    if isinstance(document, dict):
        return {_masked(key, secret): _masked(one, secret) for key, one in document.items()}
    if isinstance(document, list):
        return [_masked(one, secret) for one in document]
    return document


class ConfigurationError(LionprideError, ValueError):
    """A setting is wrong or missing.  Raised before a byte is sent."""


class TransportError(LionprideError):
    """The network failed.  ``__cause__`` is the HTTP library's error."""

    retryable = True


class ConnectionFailed(TransportError):
    """No connection could be made: refused, no such host, TLS failed."""


class ConnectionLost(TransportError):
    """The connection broke: reset, or an end inside the HTTP framing."""


class HTTPProtocolError(TransportError):
    """The bytes of the connection are not HTTP."""


class StreamTimeout(TransportError, TimeoutError):
    """One of the clocks ran out; ``clock`` is its name in `Timeouts`."""

    def __init__(self, message: str = "", *, clock: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.clock = clock


class RedirectRefused(TransportError):
    """The server answered with a redirect.  A prompt and a key never follow one."""

    retryable = False


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
            self.body = _masked(self.body, secret)


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


class ToolError(LionprideError):
    """A call of a tool failed on the way to the tool or back, not in its own code; ``tool`` is its name.

    Raised as it is where a result cannot be told to a model, and where the server of a tool reports a
    failure.  The text is fit to be told to the model.
    """

    def __init__(self, message: str = "", *, tool: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.tool = tool


class ToolArgumentsInvalid(ToolError):
    """The arguments that a model wrote do not fit the tool, which was not called.

    ``places`` are pairs of a path such as ``steps[1].minutes``, empty for the whole, and what is
    wrong there.
    """

    def __init__(
        self, message: str = "", *, tool: str, places: Sequence[tuple[str, str]] = (), **where: Any
    ) -> None:
        super().__init__(message, tool=tool, **where)
        self.places = tuple(places)


class UnknownTool(ToolError):
    """A model called a tool that it was not given."""


class LocalProtocolError(LionprideError, RuntimeError):
    """Something of this library was used wrongly, such as a stage fed after its flush."""


class SinkError(LionprideError):
    """A sink (file, terminal, network) failed; ``sink`` names it."""

    def __init__(self, message: str = "", *, sink: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.sink = sink


class OperationError(LionprideError):
    """An operation of a flow failed; ``operation`` is it, ``__cause__`` what happened.

    Pickled, the operation is its name and its id.
    """

    def __init__(self, message: str = "", *, operation: Any = None, **where: Any) -> None:
        super().__init__(message, **where)
        self.operation = operation

    def _picklable(self) -> dict[str, Any]:
        # What an operation does, and after which others, is often no pickle's business.
        outline = getattr(self.operation, "outline", None)
        return super()._picklable() | ({} if outline is None else {"operation": outline()})


class FlowError(LionprideError, ExceptionGroup[Exception]):
    """Operations of a flow failed and the rest went on; ``results`` has what was completed.

    Pickled, it leaves the results out that cannot be.
    """

    results: Mapping[Any, Any]

    def __new__(
        cls,
        message: str,
        errors: Sequence[Exception],
        *,
        results: Mapping[Any, Any] | None = None,  # ruff: ignore[unused-static-method-argument] - __init__ takes it
    ) -> Self:
        return ExceptionGroup.__new__(cls, message, errors)

    def __init__(
        self,
        message: str,
        errors: Sequence[Exception],
        *,
        results: Mapping[Any, Any] | None = None,
    ) -> None:
        # Not LionprideError's: the `message` of a group is its own, and cannot be set.
        ExceptionGroup.__init__(self, message, errors)
        self.provider = self.model = self.request_id = None
        self.retry_after = self.partial = None
        self.results = {} if results is None else results

    def _picklable(self) -> dict[str, Any]:
        kept = {key: value for key, value in self.results.items() if is_portable((key, value))}
        results: Any = type(self.results)
        return super()._picklable() | {"results": results(kept)}

    def derive(self, excs: Sequence[Exception]) -> FlowError:  # type: ignore[override]
        """A group of some of the errors, as ``except*`` and ``split`` make it."""
        return FlowError(self.message, excs, results=self.results)
