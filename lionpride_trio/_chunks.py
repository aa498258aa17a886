"""Chunks: the provider-neutral pieces of a reply.

`Chunk.data` is answer text and nothing else, always a `str`.  What is not answer text has a class
of its own, so ``match`` tells the pieces apart::

    match chunk:
        case TextChunk(data=text):
            ...
        case ReasoningChunk(text=thought):
            ...
        case ToolCallChunk(name=name, arguments=piece):
            ...

Every event of a provider gives at least one chunk (keep-alives and end marks excepted), so
``raw_response`` shows all that was sent; what this library does not know is an `OtherChunk`.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any, Final

import attrs

from ._json_form import has_json_form, to_json
from ._media import MediaPart
from ._native import NO_FACTS
from ._parts import Native, RawPart, TextPart
from ._undecoded import OnDemand

NO_METADATA: Final = NO_FACTS


def _word(value: str | None) -> str | None:
    """A provider's word, which some gateways send as a number."""
    return value if value is None or isinstance(value, str) else str(value)


@has_json_form
class Verdict(enum.Enum):
    """The way a reply ended."""

    COMPLETE = "complete"
    """The model said all it had to say."""
    LENGTH = "length"
    """Cut by a limit of tokens or context."""
    TOOL_USE = "tool_use"
    """The model waits for the results of its tool calls."""
    BLOCKED = "blocked"
    """Cut or withheld by the provider's filter."""
    REFUSED = "refused"
    """The model declined."""
    PAUSED = "paused"
    """The turn is to be continued by sending it back."""
    STOPPED = "stopped"
    """Ended on purpose by its reader, or by who runs it; what came is the answer."""
    UNKNOWN = "unknown"
    """Not ended yet, or ended for a reason this library does not know."""


@has_json_form
@attrs.frozen
class Usage:
    """Tokens used, as far as the provider has told.  Each report is a running total.

    The counts are the provider's own.  With most, `input_tokens` has the tokens of a cache in it; Anthropic counts
    `cached_tokens` and `cache_write_tokens` beside it.  `Provider.input_excludes_cache` tells which.
    """

    input_tokens: int | None = None
    """Tokens of the request, as the provider counts them."""
    output_tokens: int | None = None
    """Tokens generated, reasoning included where the provider counts it so."""
    total_tokens: int | None = None
    """Both together, as the provider counts them."""
    reasoning_tokens: int | None = None
    """Tokens of the output that were reasoning."""
    cached_tokens: int | None = None
    """Input tokens read from a cache."""
    cache_write_tokens: int | None = None
    """Input tokens written to a cache, where the provider tells of them."""

    def updated(self, newer: Usage) -> Usage:
        """This report with what *newer* says put in its place (never added up).

        A zero takes the place of nothing but None: a total does not fall, and some gateways write it
        for what they do not count.
        """
        fields = attrs.asdict(
            newer,
            filter=lambda field, value: (
                bool(value) or (value == 0 and getattr(self, field.name) is None)
            ),
        )
        return attrs.evolve(self, **fields) if fields else self

    def __add__(self, other: Usage) -> Usage:
        """The tokens of two calls together; a count that neither has told stays None."""

        def total(name: str) -> int | None:
            counts = [count for one in (self, other) if (count := getattr(one, name)) is not None]
            return sum(counts) if counts else None

        return Usage(**{field.name: total(field.name) for field in attrs.fields(Usage)})


@has_json_form
@attrs.frozen
class Chunk:
    """One piece of a reply."""

    data: str = ""
    """Answer text; empty on chunks that carry none."""
    metadata: Mapping[str, Any] = attrs.field(default=NO_METADATA, kw_only=True)
    """Read-only facts under the provider's own names: ids, model, finish reason, usage."""
    raw_response: Any = attrs.field(default=None, kw_only=True, repr=False)
    """The decoded wire object that this chunk came in."""
    index: int = attrs.field(default=0, kw_only=True)
    """Which of several alternative answers (OpenAI's ``n``, Gemini's candidates) this belongs to."""
    turn: int = attrs.field(default=0, kw_only=True)
    """Which call of the model in a conversation with tools this belongs to, counted from 0."""

    def __str__(self) -> str:
        return self.data

    def to_json(self) -> str:
        """The chunk as one line of JSON, of which `from_json` makes it again.

        :raises TypeError: it holds what is no plain data; says where.
        """
        return to_json(self)


@has_json_form
@attrs.frozen
class TextChunk(Chunk):
    """A piece of the answer."""


RAW_RESPONSE: Final = OnDemand(Chunk.__dict__["raw_response"])
setattr(Chunk, "raw_response", RAW_RESPONSE)  # ruff: ignore[set-attr-with-constant] - attrs has made the slot


class _Draft(Chunk):
    """A `TextChunk` that is being made.

    attrs sets the fields of a frozen class through `object.__setattr__`, one call each, and a
    piece of text costs four of them: as much as decoding its JSON.  A draft has the layout of a
    `TextChunk` and is not frozen; it becomes one when its fields are set.
    """

    __slots__ = ()
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


def text_chunk(
    data: str, metadata: Mapping[str, Any], raw_response: Any, index: int = 0, turn: int = 0
) -> TextChunk:
    """The same as ``TextChunk(data, …)``, at a third of its cost."""
    chunk: Any = object.__new__(_Draft)
    chunk.data = data
    chunk.metadata = metadata
    RAW_RESPONSE.set(chunk, raw_response)
    chunk.index = index
    chunk.turn = turn
    chunk.__class__ = TextChunk
    made: TextChunk = chunk
    return made


@has_json_form
@attrs.frozen(kw_only=True)
class ReasoningChunk(Chunk):
    """A piece of the model's reasoning; ``text`` has it, ``data`` stays empty."""

    text: str = ""
    """The piece of reasoning."""
    signature: str | None = None
    """The provider's proof that the reasoning is its own, to be sent back with it."""
    redacted: str | None = None
    """Reasoning that the provider shows only in encrypted form."""
    block: int = 0
    """Which reasoning block of the answer this continues."""
    id: str | None = None
    """The provider's id of the block."""
    native: Native | None = None
    """The provider that wrote it, and what it says of the block beside; see `ThoughtPart`."""


@has_json_form
@attrs.frozen(kw_only=True)
class ToolCallChunk(Chunk):
    """A piece of a tool call.  Pieces with the same ``slot`` are one call."""

    slot: int = 0
    """The call's place among the calls of its answer, counted by this library from 0."""
    id: str | None = attrs.field(default=None, converter=_word)
    """The provider's id of the call; on its first piece, as a rule."""
    name: str | None = attrs.field(default=None, converter=_word)
    """The name of the tool; on the call's first piece, as a rule."""
    arguments: str = ""
    """A piece of the arguments' text, JSON for functions."""
    last: bool = attrs.field(default=False, eq=False)
    """The call is whole with this piece, and may be run while the model goes on."""
    signature: str | None = None
    """The provider's proof that the call is its own, to be sent back with it."""
    native: Native | None = None
    """The provider that wrote it, and what it says of the call beside; see `ToolCall`."""


DECODED_ON_DEMAND: Final = frozenset([TextChunk, ReasoningChunk, ToolCallChunk])
"""The classes whose ``raw_response`` may wait undecoded: they hold nothing else of it, as others do."""


@has_json_form
@attrs.frozen(kw_only=True)
class ToolResultChunk(Chunk):
    """The result of a tool, in a conversation that runs tools."""

    call_id: str = ""
    """The id of the call that this answers."""
    name: str = ""
    """The name of the tool."""
    output: Any = None
    """The result as the model is told it: text, or parts; or a piece of it, as the tool gave it."""
    is_error: bool = False
    """The tool failed, was refused or was not there, and the output says how."""
    last: bool = True
    """This is the result; False for a piece that a tool gives while it runs."""


@has_json_form
@attrs.frozen(kw_only=True)
class PartChunk(Chunk):
    """A part of the answer beside its text, thoughts and calls.

    A `MediaPart` is an image, a sound or a file that the model gives, whole or, with a ``slot``, a piece of
    it.  A `RawPart` is a whole block of the provider's own.  A `TextPart` begins another text, with what the
    provider says of it: the text chunks that follow are its text.  With the ``slot`` of a text that has begun,
    it goes on with that one, as where a server sends the pieces of two texts in turns.
    """

    part: MediaPart | RawPart | TextPart
    """The medium or the piece of one, the block, or the text that begins."""
    slot: int | None = None
    """The number of the medium whose piece this is: its bytes and its transcript go on with those of the
    last piece.  None where all has come.  Of a text, its number among the texts, from 0; None for another one."""


@has_json_form
@attrs.frozen(kw_only=True)
class UsageChunk(Chunk):
    """A report of the tokens used so far."""

    usage: Usage = Usage()
    """The tokens used so far: a running total, not a difference."""


@has_json_form
@attrs.frozen(kw_only=True)
class FinishChunk(Chunk):
    """The answer with this ``index`` ended."""

    verdict: Verdict = Verdict.UNKNOWN
    """How the answer ended."""
    reason: str | None = attrs.field(default=None, converter=_word)
    """The provider's own word."""


@has_json_form
@attrs.frozen(kw_only=True)
class OtherChunk(Chunk):
    """Anything else: ``kind`` names it, ``value`` is its content.

    Kinds that this library makes itself: ``"refusal"`` (a `str`, a piece of the refusal) and
    ``"citation"`` (the provider's citation object).  Others are the provider's own type names.
    """

    kind: str = ""
    """Its kind: the provider's own type name, or one of the two above."""
    value: Any = None
    """Its content, decoded."""
