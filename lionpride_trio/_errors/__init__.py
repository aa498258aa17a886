"""Everything that this library raises on its own account.

::

    LionprideError             .provider .model .request_id .retryable .retry_after .partial
    ├─ ConfigurationError      also a ValueError; raised before a byte is sent
    ├─ TransportError          the network failed; __cause__ is the HTTP library's error
    │   ├─ ConnectionFailed    no connection could be made
    │   ├─ ConnectionLost      reset, or an end inside the framing
    │   ├─ HTTPProtocolError   what came is not HTTP
    │   ├─ StreamTimeout       also a TimeoutError; .clock says which clock ran out
    │   ├─ RedirectRefused     the server pointed elsewhere
    │   ├─ WorkerLost          the process that ran a remote source or operation died
    │   └─ WorkerError         what a worker raised or made could not be sent; its text
    ├─ StreamError             2xx, and yet not a good answer
    │   ├─ StreamTruncated     ended without the provider's end mark
    │   ├─ NotAStream          an HTML page, a JSON body, 204, a wrong encoding
    │   ├─ DecodeError         JSON, wrong types, compression; .line
    │   ├─ AnswerCut           a turn ended before its answer was whole; .verdict
    │   ├─ OutputInvalid       the answer has not the type that was asked for; .path .text
    │   ├─ TurnsExhausted      a conversation with tools has used up its turns; .turns
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
    ├─ RunStopped              a run with a journal was stopped, from this or another process
    ├─ OperationError          .operation; __cause__ is what failed
    └─ FlowError               an ExceptionGroup of OperationErrors

``trio.Cancelled`` and the exceptions of the caller's own code are never caught, wrapped or
grouped.  Classes decide what to do about an error, never texts.
"""

from ._base import LionprideError
from ._flow import FlowError, OperationError, RunStopped
from ._program import ConfigurationError, LocalProtocolError, SinkError
from ._provider import (
    AuthenticationError,
    BadRequest,
    ContextTooLong,
    NotFound,
    Overloaded,
    PermissionDenied,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    RequestTooLarge,
    ServerError,
)
from ._stream import (
    AnswerCut,
    DecodeError,
    LimitExceeded,
    NotAStream,
    OutputInvalid,
    StreamError,
    StreamTruncated,
    TurnsExhausted,
    WriterLost,
)
from ._tools import ToolArgumentsInvalid, ToolError, UnknownTool
from ._transport import (
    ConnectionFailed,
    ConnectionLost,
    HTTPProtocolError,
    RedirectRefused,
    StreamTimeout,
    TransportError,
    WorkerError,
    WorkerLost,
)

__all__ = [
    "AnswerCut",
    "AuthenticationError",
    "BadRequest",
    "ConfigurationError",
    "ConnectionFailed",
    "ConnectionLost",
    "ContextTooLong",
    "DecodeError",
    "FlowError",
    "HTTPProtocolError",
    "LimitExceeded",
    "LionprideError",
    "LocalProtocolError",
    "NotAStream",
    "NotFound",
    "OperationError",
    "OutputInvalid",
    "Overloaded",
    "PermissionDenied",
    "ProviderError",
    "QuotaExhausted",
    "RateLimited",
    "RedirectRefused",
    "RequestTooLarge",
    "RunStopped",
    "ServerError",
    "SinkError",
    "StreamError",
    "StreamTimeout",
    "StreamTruncated",
    "ToolArgumentsInvalid",
    "ToolError",
    "TransportError",
    "TurnsExhausted",
    "UnknownTool",
    "WorkerError",
    "WorkerLost",
    "WriterLost",
]
