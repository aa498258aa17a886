"""Streaming replies of language models, on trio.

Layout, from the bottom up; each room imports only from those before it:

- ``wire`` (bytes to events), chunks, responses and errors
- ``providers`` (how each is asked and read; no I/O)
- channels and the one module that talks HTTP
- ``transformers`` and ``sinks`` (recipes for streams, and what consumes them)
- ``services`` (`iModel`), ``session`` (`Session`), ``operations`` (``communicate``)
- ``recording`` (calls on disk) and ``durable`` (streams that are written down as they come)
- ``local`` (an embedded server that speaks every provider's wire format) and the command line
"""

import importlib
from typing import TYPE_CHECKING, Any

from . import recording, sinks, transformers
from ._channels._channel import Channel
from ._channels._source import Source
from ._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    PartChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    ToolResultChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from ._errors import (
    AnswerCut,
    AuthenticationError,
    BadRequest,
    ConfigurationError,
    ConnectionFailed,
    ConnectionLost,
    ContextTooLong,
    DecodeError,
    FlowError,
    HTTPProtocolError,
    LimitExceeded,
    LionprideError,
    LocalProtocolError,
    NotAStream,
    NotFound,
    OperationError,
    OutputInvalid,
    Overloaded,
    PermissionDenied,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    RedirectRefused,
    RequestTooLarge,
    RunStopped,
    ServerError,
    SinkError,
    StreamError,
    StreamTimeout,
    StreamTruncated,
    ToolArgumentsInvalid,
    ToolError,
    TransportError,
    TurnsExhausted,
    UnknownTool,
    WorkerError,
    WorkerLost,
    WriterLost,
    _base as _base_of_errors,
    _stream as _stream_errors,
)
from ._json_form import from_json
from ._media import Audio, File, Image, MediaPart
from ._parts import Native, Part, RawPart, TextPart, ThoughtPart, ToolCall, ToolResult
from ._public import let_hints_know, show_public_path
from ._response import Response, chunks_of, reassemble
from ._safe_text import Secret
from .services import Bounds, PlainHTTPWarning, Reply, Retry, Timeouts, fallback, iModel
from .session import Session
from .transformers import source, transformer

if TYPE_CHECKING:
    from ._transport._httpx_transport import HTTPTransport

__version__ = "0.1.0"

__all__ = [
    "AnswerCut",
    "Audio",
    "AuthenticationError",
    "BadRequest",
    "Bounds",
    "Channel",
    "Chunk",
    "ConfigurationError",
    "ConnectionFailed",
    "ConnectionLost",
    "ContextTooLong",
    "DecodeError",
    "File",
    "FinishChunk",
    "FlowError",
    "HTTPProtocolError",
    "HTTPTransport",
    "Image",
    "LimitExceeded",
    "LionprideError",
    "LocalProtocolError",
    "MediaPart",
    "Native",
    "NotAStream",
    "NotFound",
    "OperationError",
    "OtherChunk",
    "OutputInvalid",
    "Overloaded",
    "Part",
    "PartChunk",
    "PermissionDenied",
    "PlainHTTPWarning",
    "ProviderError",
    "QuotaExhausted",
    "RateLimited",
    "RawPart",
    "ReasoningChunk",
    "RedirectRefused",
    "Reply",
    "RequestTooLarge",
    "Response",
    "Retry",
    "RunStopped",
    "Secret",
    "ServerError",
    "Session",
    "SinkError",
    "Source",
    "StreamError",
    "StreamTimeout",
    "StreamTruncated",
    "TextChunk",
    "TextPart",
    "ThoughtPart",
    "Timeouts",
    "ToolArgumentsInvalid",
    "ToolCall",
    "ToolCallChunk",
    "ToolError",
    "ToolResult",
    "ToolResultChunk",
    "TransportError",
    "TurnsExhausted",
    "UnknownTool",
    "Usage",
    "UsageChunk",
    "Verdict",
    "WorkerError",
    "WorkerLost",
    "WriterLost",
    "chunks_of",
    "fallback",
    "from_json",
    "iModel",
    "reassemble",
    "recording",
    "sinks",
    "source",
    "transformer",
    "transformers",
]

let_hints_know(_base_of_errors, Response=Response)
let_hints_know(_stream_errors, Verdict=Verdict)
show_public_path(globals())


def __getattr__(name: str) -> Any:
    """`HTTPTransport`, which is a class of httpx's: that takes longer to load than all the rest."""
    if name != "HTTPTransport":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module("._transport._httpx_transport", __name__)
    globals()[name] = module.HTTPTransport
    show_public_path(globals())
    return module.HTTPTransport


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
