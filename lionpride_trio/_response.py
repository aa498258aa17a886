"""From chunks to a response: what a reply adds up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, cast

import attrs

from ._chunks import (
    NO_METADATA,
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
from ._json_form import NO_JSON, has_json_form, to_json
from ._readonly import ReadOnlyDict
from .wire._json import loads

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    T_co = TypeVar("T_co", covariant=True, default=Any)

    class _WithOutput(Generic[T_co]):
        pass

else:
    T_co = Any

    class _WithOutput:
        """``Response[Recipe]`` is for type checkers: cattrs reads a generic class by its arguments alone."""

        __slots__ = ()

        def __class_getitem__(cls, item: Any) -> Any:
            return cls


@has_json_form
@attrs.frozen
class ToolCall:
    """A whole tool call."""

    id: str | None
    """The provider's id of the call, which its result has to name."""
    name: str
    """The name of the tool."""
    arguments: str
    """The arguments as the model wrote them; ``"{}"`` where it wrote none."""

    def parsed(self) -> Any:
        """The arguments decoded from JSON.

        :raises DecodeError: when they are no JSON, as in an answer cut by its length.
        """
        return loads(self.arguments)


@has_json_form
@attrs.frozen
class Reasoning:
    """One block of reasoning, with what is needed to send it back."""

    text: str = ""
    """The reasoning; empty where the provider shows none of it."""
    signature: str | None = None
    """The provider's proof that the reasoning is its own."""
    redacted: str | None = None
    """The reasoning in encrypted form."""


@has_json_form
@attrs.frozen
class Response(_WithOutput[T_co]):
    """The sum of a reply's chunks, so far or for good.

    Two responses are equal when they say the same and ended the same way; ids and the provider's
    other facts do not count.
    """

    text: str = ""
    """The answer (of the first alternative, where several were asked for)."""
    texts: tuple[str, ...] = ("",)
    """The answers of all alternatives, by index."""
    reasoning: str = ""
    """All reasoning, joined."""
    reasoning_blocks: tuple[Reasoning, ...] = ()
    """The reasoning by blocks, with their signatures."""
    refusal: str = ""
    """What the model said when it declined, where the provider keeps that apart."""
    tool_calls: tuple[ToolCall, ...] = ()
    """The tool calls, in order."""
    citations: tuple[Any, ...] = ()
    """The provider's citation objects, in order."""
    usage: Usage | None = None
    """The tokens used; None where the provider has not told."""
    verdict: Verdict = Verdict.UNKNOWN
    """How the reply ended; `Verdict.UNKNOWN` as long as it has not."""
    finish_reason: str | None = None
    """The provider's own word for how the reply ended."""
    verdicts: tuple[Verdict, ...] = (Verdict.UNKNOWN,)
    """The verdicts of all alternatives, by index."""
    other_tool_calls: tuple[tuple[ToolCall, ...], ...] = ()
    """The tool calls of the alternatives beyond the first, by index from 1; empty where none has any."""
    metadata: Mapping[str, Any] = attrs.field(default=NO_METADATA, eq=False, repr=False)
    """Read-only facts under the provider's own names: ids, model, fingerprint."""
    output: T_co = attrs.field(default=cast(Any, None), eq=False, repr=False, metadata=NO_JSON)
    """The answer as an object of the type that ``complete(output=…)`` asked for, made of the text.

    It has no place in the JSON form, which has the text."""

    def __str__(self) -> str:
        return self.text

    def to_json(self) -> str:
        """The response as one line of JSON, of which `from_json` makes it again.

        :raises TypeError: it holds what is no plain data; says where.
        """
        return to_json(self)


LOOSE_PIECES = 512
"""Pieces of a text that are held apart before they are joined: a million tiny ones would take
thirty times the memory of their text."""


class _Text:
    """A text that grows: appending is cheap, and so is the memory."""

    __slots__ = ("_joined", "_loose", "append")

    def __init__(self) -> None:
        self._joined: list[str] = []
        self._loose: list[str] = []
        self.append = self._loose.append

    def compact(self) -> None:
        """Join what is loose, when it is much."""
        if len(self._loose) > LOOSE_PIECES:
            self._joined.append("".join(self._loose))
            self._loose.clear()

    def __str__(self) -> str:
        return "".join([*self._joined, *self._loose])


@attrs.define
class _OpenCall:
    id: str | None = None
    name: str | None = None
    arguments: _Text = attrs.Factory(_Text)

    def add(self, chunk: ToolCallChunk) -> None:
        self.id = self.id or chunk.id
        self.name = chunk.name or self.name  # as far as it is known: it may come in pieces
        self.arguments.append(chunk.arguments)
        self.arguments.compact()

    def whole(self) -> ToolCall:
        return ToolCall(self.id, self.name or "", str(self.arguments) or "{}")


@attrs.define
class _OpenReasoning:
    text: _Text = attrs.Factory(_Text)
    signature: str | None = None
    redacted: str | None = None

    def add(self, chunk: ReasoningChunk) -> None:
        self.text.append(chunk.text)
        self.text.compact()
        self.signature = chunk.signature or self.signature
        self.redacted = chunk.redacted or self.redacted

    def whole(self) -> Reasoning:
        return Reasoning(str(self.text), self.signature, self.redacted)


class ResponseBuilder:
    """Adds chunks up.  ``response()`` may be asked for at any time."""

    def __init__(self) -> None:
        self.characters = 0
        """How much text is held, of every kind."""
        self._texts: dict[int, _Text] = {0: _Text()}
        self._reasoning: dict[int, _OpenReasoning] = {}
        self._refusal = _Text()
        self._calls: dict[tuple[int, int], _OpenCall] = {}  # by alternative and slot
        self._citations: list[Any] = []
        self.usage: Usage | None = None
        self._finishes: dict[int, FinishChunk] = {}
        self._metadata: Mapping[str, Any] = NO_METADATA
        self._all_metadata: dict[str, Any] = {}

    def extend(self, chunks: Iterable[Chunk]) -> None:
        """Add *chunks* in their order."""
        answer = self._texts[0].append
        metadata = self._metadata
        said = 0
        for chunk in chunks:
            if chunk.__class__ is TextChunk and not chunk.index:
                data = chunk.data
                answer(data)
                said += len(data)
            else:
                self._add_other(chunk)
            if chunk.metadata is not metadata:
                metadata = chunk.metadata
                self._all_metadata.update(metadata)
        self._metadata = metadata
        self._texts[0].compact()
        self.characters += said

    def _add_other(self, chunk: Chunk) -> None:
        match chunk:
            case ReasoningChunk(index=0):
                self.characters += len(chunk.text) + len(chunk.redacted or "")
                self._reasoning.setdefault(chunk.block, _OpenReasoning()).add(chunk)
            case ToolCallChunk():
                self.characters += len(chunk.arguments)
                self._calls.setdefault((chunk.index, chunk.slot), _OpenCall()).add(chunk)
            case UsageChunk():
                self.usage = self.usage.updated(chunk.usage) if self.usage else chunk.usage
            case FinishChunk():
                self._finishes[chunk.index] = chunk
            case OtherChunk(kind="refusal", index=0):
                self.characters += len(str(chunk.value))
                self._refusal.append(str(chunk.value))
                self._refusal.compact()
            case OtherChunk(kind="citation", index=0):
                self._citations.append(chunk.value)
            case _:
                self.characters += len(chunk.data)
                other = self._texts.setdefault(chunk.index, _Text())
                other.append(chunk.data)
                other.compact()

    def response(self) -> Response:
        """What the chunks so far add up to."""
        called = [index for index, _ in self._calls]
        alternatives = range(max([*self._texts, *self._finishes, *called]) + 1)
        texts = tuple(str(self._texts.get(index, "")) for index in alternatives)
        unfinished = FinishChunk()
        finishes = [self._finishes.get(index, unfinished) for index in alternatives]
        blocks = tuple(block.whole() for _, block in sorted(self._reasoning.items()))
        calls: list[list[ToolCall]] = [[] for _ in range(max([0, *called]) + 1)]
        for (index, _), call in sorted(self._calls.items()):
            calls[index].append(call.whole())
        return Response(
            text=texts[0],
            texts=texts,
            reasoning="".join(block.text for block in blocks),
            reasoning_blocks=blocks,
            refusal=str(self._refusal),
            tool_calls=tuple(calls[0]),
            other_tool_calls=tuple(map(tuple, calls[1:])),
            citations=tuple(self._citations),
            usage=self.usage,
            verdict=finishes[0].verdict,
            finish_reason=finishes[0].reason,
            verdicts=tuple(finish.verdict for finish in finishes),
            metadata=ReadOnlyDict(self._all_metadata),
        )


def reassemble(chunks: Iterable[Chunk]) -> Response:
    """Add up *chunks*, however they were cut, to the `Response` that they mean.

    Does not block.  Reports of usage are running totals: the newest word on each count stands.
    An answer without its `FinishChunk` has the verdict ``UNKNOWN``.
    """
    builder = ResponseBuilder()
    builder.extend(chunks)
    return builder.response()


def chunks_of(response: Response) -> list[Chunk]:
    """The few chunks that *response* could have come in: `reassemble` makes it of them again.

    >>> from lionpride_trio import TextChunk, reassemble
    >>> said = reassemble([TextChunk("Hel"), TextChunk("lo")])
    >>> chunks_of(said)[0]
    TextChunk(data='Hello', metadata={}, index=0)
    >>> reassemble(chunks_of(said)) == said
    True
    """
    chunks: list[Chunk] = []
    for block, thought in enumerate(response.reasoning_blocks):
        chunks.append(
            ReasoningChunk(
                text=thought.text,
                signature=thought.signature,
                redacted=thought.redacted,
                block=block,
            )
        )
    if not response.reasoning_blocks and response.reasoning:
        chunks.append(ReasoningChunk(text=response.reasoning))
    texts = [response.text, *response.texts[1:]]
    chunks += [TextChunk(text, index=index) for index, text in enumerate(texts) if text]
    if response.refusal:
        chunks.append(OtherChunk(kind="refusal", value=response.refusal))
    for index, calls in enumerate([response.tool_calls, *response.other_tool_calls]):
        chunks += [
            ToolCallChunk(
                slot=slot, id=call.id, name=call.name, arguments=call.arguments, index=index
            )
            for slot, call in enumerate(calls)
        ]
    chunks += [OtherChunk(kind="citation", value=citation) for citation in response.citations]
    if response.usage is not None:
        chunks.append(UsageChunk(usage=response.usage))
    verdicts = [response.verdict, *response.verdicts[1:]]
    for index, verdict in enumerate(verdicts):
        reason = response.finish_reason if index == 0 else None
        metadata = response.metadata if index == 0 else NO_METADATA
        chunks.append(FinishChunk(verdict=verdict, reason=reason, index=index, metadata=metadata))
    return chunks
