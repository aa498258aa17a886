"""Streaming replies of language models, on trio.

Layout, from the bottom up; each room imports only from those before it:

- ``wire`` (bytes to events), chunks, responses and errors
- ``providers`` (how each is asked and read; no I/O)
- channels and the one module that talks HTTP
- ``transformers`` and ``sinks`` (recipes for streams, and what consumes them)
- ``tools`` (functions that a model may call)
- ``services`` (`iModel`), ``session`` (`Session`), ``operations`` (``communicate``)
- ``recording`` (calls on disk) and ``durable`` (streams that are written down as they come)
- ``local`` (an embedded server that speaks every provider's wire format) and the command line
"""

from . import _errors, recording, sinks, transformers
from ._channels._channel import Channel
from ._channels._source import Source
from ._chunks import (
    Chunk,
    FinishChunk,
    OtherChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
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
    ServerError,
    SinkError,
    StreamError,
    StreamTimeout,
    StreamTruncated,
    ToolArgumentsInvalid,
    ToolError,
    TransportError,
    UnknownTool,
    WriterLost,
)
from ._json_form import from_json
from ._public import let_hints_know, show_public_path
from ._response import Reasoning, Response, ToolCall, chunks_of, reassemble
from ._safe_text import Secret
from .services import Bounds, PlainHTTPWarning, Retry, Timeouts, fallback, iModel
from .session import Session
from .transformers import source, transformer

__version__ = "0.1.0"

__all__ = [
    "AnswerCut",
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
    "FinishChunk",
    "FlowError",
    "HTTPProtocolError",
    "LimitExceeded",
    "LionprideError",
    "LocalProtocolError",
    "NotAStream",
    "NotFound",
    "OperationError",
    "OtherChunk",
    "OutputInvalid",
    "Overloaded",
    "PermissionDenied",
    "PlainHTTPWarning",
    "ProviderError",
    "QuotaExhausted",
    "RateLimited",
    "Reasoning",
    "ReasoningChunk",
    "RedirectRefused",
    "RequestTooLarge",
    "Response",
    "Retry",
    "Secret",
    "ServerError",
    "Session",
    "SinkError",
    "Source",
    "StreamError",
    "StreamTimeout",
    "StreamTruncated",
    "TextChunk",
    "Timeouts",
    "ToolArgumentsInvalid",
    "ToolCall",
    "ToolCallChunk",
    "ToolError",
    "TransportError",
    "UnknownTool",
    "Usage",
    "UsageChunk",
    "Verdict",
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

let_hints_know(_errors, Response=Response, Verdict=Verdict)
show_public_path(globals())
