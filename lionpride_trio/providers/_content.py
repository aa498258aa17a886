"""Three questions about a chunk that must not be mixed up: content, progress, an end taken back.

Content is what was handed out of the answer: once it was, the call is never repeated.  Progress is
any sign that the answer goes on, text or not: it feeds the content clock.  And what shows that an
answer which was said to have ended goes on after all takes its end back.
"""

from __future__ import annotations

from typing import Final

from .._chunks import Chunk, OtherChunk, PartChunk, ReasoningChunk, TextChunk, ToolCallChunk
from .._media import MediaPart

_FRAMES: Final = frozenset([
    "",
    "chat.completion",
    "chat.completion.chunk",
    "content_block_stop",
    "empty",
    "GenerateContentResponse",
    "heartbeat",
    "keepalive",
    "keep_alive",
    "message_delta",
    "message_start",
    "message_stop",
    "ping",
    "response.created",
    "response.in_progress",
    "response.queued",
])
"""Kinds of events that frame an answer, or keep its connection open, and carry nothing of it."""

_WORK: Final = frozenset([
    "audio",
    "codeExecutionResult",
    "executableCode",
    "fileData",
    "image",
    "images",
    "inlineData",
    "refusal",
    "toolCall",
    "toolResponse",
    "video",
])
"""Kinds of pieces after which a model goes on, whatever reason to end was given before them."""

_LABELS: Final = frozenset([
    "created",
    "id",
    "model",
    "object",
    "sequence_number",
    "timestamp",
    "type",
])


def is_content(chunk: Chunk) -> bool:
    """Whether *chunk* is a piece of the answer: text, reasoning, a tool call, media or a refusal."""
    if isinstance(chunk, TextChunk):  # nearly always
        return bool(chunk.data)
    match chunk:
        case ReasoningChunk():
            return bool(chunk.text or chunk.redacted)
        case ToolCallChunk() | PartChunk(part=MediaPart()):
            return True
        case OtherChunk(kind=kind):
            return kind == "refusal"
        case _:
            return False


def is_progress(chunk: Chunk) -> bool:
    """Whether *chunk* carries data of the answer, known or not: server tools, audio, images, code."""
    match chunk:
        case OtherChunk(kind=kind, value=value):
            labels_alone = isinstance(value, dict) and not value.keys() - _LABELS
            return kind in _WORK or (kind not in _FRAMES and not labels_alone)
        case ReasoningChunk(signature=str()) | PartChunk():
            return True
        case _:
            return is_content(chunk)


def takes_end_back(chunk: Chunk) -> bool:
    """Whether *chunk*, after a finish reason, shows that the answer has not ended.

    Work of the model's own tools does.  Sources do not, which some providers send last, and neither
    does what is not known: it would make a whole answer a cut one.
    """
    match chunk:
        case OtherChunk(kind=kind):
            return kind in _WORK
        case _:
            return is_content(chunk)
