"""Answers of a type, read as they come: partials of the whole, or finished elements of a list.

The answer is the first document of the text, or of a tool call's arguments, that has the type.
"""

from __future__ import annotations

import abc
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Generic, TypeVar, overload

from .._chunks import Chunk, FinishChunk, OtherChunk, TextChunk, ToolCallChunk, UsageChunk, Verdict
from .._errors import LimitExceeded, OutputInvalid
from .._response import reassemble
from ._answer import AnswerType, answer_type
from ._checks import MAX_HOLD, no_text
from ._holding import Holding
from ._partial import Partial, PartialRecord
from ._record import DocumentFinder, Record

T = TypeVar("T")
R = TypeVar("R", bound=Record)

_CUT: Final = {
    Verdict.LENGTH: "was cut by a limit of its length",
    Verdict.BLOCKED: "was cut or withheld by the provider's filter",
    Verdict.REFUSED: "is a refusal",
    Verdict.PAUSED: "is not whole: its turn was paused",
    Verdict.TOOL_USE: "calls tools",
}
_FENCE: Final = re.compile(r"```[^\n`]*\n(.*?)```", re.DOTALL)


class ReadsAnswers(Holding, abc.ABC, Generic[R]):
    """Base: documents found in the text of an answer and in the arguments of its tool calls."""

    def __init__(self, starts: str, *, max_hold: int) -> None:
        super().__init__(max_hold=max_hold)
        self._starts = starts
        self.name = type(self).__name__
        """The name that errors call it."""
        # The text, and each tool call by its slot: a piece of one never continues another.
        self._finders: dict[int | None, DocumentFinder[R]] = {}
        self._text = self._finder(None)
        self._is_found = False
        self._misfit: OutputInvalid | None = None
        # For an answer that has not the type: what it said, and how it ended.
        self._said: list[str | Chunk] = []
        self._room = max_hold

    @abc.abstractmethod
    def _begin(self, seen: int) -> R:
        """A document that begins at that character."""

    @abc.abstractmethod
    def _news(self, record: R) -> Iterable[Any]:
        """The items to give of a document after more of its text has come.

        :raises OutputInvalid: it cannot become what is wanted.
        """

    @abc.abstractmethod
    def _end(self, record: R) -> Iterable[Any]:
        """The same where it has ended; notes whether it is the answer, or why not."""

    def _has_answer(self) -> bool:
        """The answer has come; what comes after it is not looked at."""
        return self._is_found

    def _finder(self, slot: int | None) -> DocumentFinder[R]:
        if slot not in self._finders:
            self._finders[slot] = DocumentFinder(self._begin, self._starts, self._max_hold)
        return self._finders[slot]

    def feed(self, item: str | Chunk, /) -> Sequence[Any]:
        """The items that a piece of the answer gives; chunks of other answers give none.

        :raises TypeError: it is neither text nor a chunk.
        """
        if self._flushed:
            self._refuse()
        if isinstance(item, str):
            return self._read(self._text, item, item)
        if not isinstance(item, Chunk):
            raise no_text(self.name, item)
        if item.index == 0:
            if item.data:
                return self._read(self._text, item.data, item.data)
            if isinstance(item, ToolCallChunk):
                return self._read(self._finder(item.slot), item.arguments, item)
            if isinstance(item, FinishChunk | UsageChunk | OtherChunk):
                self._said.append(item)
        return ()

    def _read(self, finder: DocumentFinder[R], text: str, piece: str | Chunk) -> Sequence[Any]:
        if self._has_answer():
            return ()
        if self._room > 0:
            self._room -= len(text) + 1
            self._said.append(piece)
        given: list[Any] = []
        try:
            for record in finder.feed(text):
                given += self._end(record) if record.complete else self._news(record)
                if self._has_answer():
                    return given
            if finder.record is not None:
                given += self._news(finder.record)
        except LimitExceeded as error:
            return self._fail(error, given)
        except OutputInvalid as error:
            return self._fail(self._located(error), given)
        return given

    def flush(self) -> Sequence[Any]:
        """Nothing: an answer that is whole was given already.

        :raises OutputInvalid: there was none.
        """
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        if self._has_answer():
            return ()
        return self._fail(self._located(self._fault()), [])

    def break_off(self) -> Sequence[Any]:
        """Nothing more: what failed is told by its own error."""
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        return ()

    def _fault(self) -> OutputInvalid:
        """Why there is no answer of the type."""
        for finder in self._finders.values():
            record = finder.record
            if record is not None and record.changes:
                told = f"the JSON is cut off after {record.length} characters"
                place = record.open_place
                told = f"{place}: {told}" if place else told
                return OutputInvalid(told, path=place, text=record.text)
        if self._misfit is not None:
            return self._misfit
        for finder in self._finders.values():
            if finder.broken is not None:
                record, error = finder.broken
                return OutputInvalid(
                    error.message, path=record.open_place, text=self._all_text(finder)
                )
        return OutputInvalid("there is no JSON in the answer", text=self._all_text(self._text))

    def _all_text(self, finder: DocumentFinder[R]) -> str:
        if finder is self._text:
            return "".join(piece for piece in self._said if isinstance(piece, str))
        calls = [piece for piece in self._said if isinstance(piece, ToolCallChunk)]
        return "".join(one.arguments for one in calls if self._finders[one.slot] is finder)

    def _located(self, error: OutputInvalid) -> OutputInvalid:
        """*error*, with what was said, and what the end of the answer explains."""
        others = [piece for piece in self._said if not isinstance(piece, str)]
        error.partial = reassemble([TextChunk(self._all_text(self._text)), *others])
        cut = _CUT.get(error.partial.verdict)
        if error.partial.refusal:
            error.message = f"the model declined: {error.partial.refusal}"
        elif cut is not None:
            error.message = f"{error.message}; the answer {cut}"
        error.args = (error.message,)
        return error


class TypedOutput(ReadsAnswers[PartialRecord], Generic[T]):
    """The text of an answer in, `Partial` objects out: one for each piece that adds something.

    *output* is the type that the answer is to have.  The answer is JSON: by itself, in a fence, after
    prose, in the arguments of a tool call, or the value of ``{"output": …}``, in which providers are
    asked for what is no object.  The first document that has the type is it, and the last partial has
    it as its ``output``.  What is no object and no list may also be all that a text or a fence has.

    Laws: each partial is a prefix of the answer; linear.  Keeps what comes up to the answer's end.

    :raises OutputInvalid: at the flush: no document has the type; says where the last one that was
        read is wrong.
    :raises LimitExceeded: a document is longer than *max_hold*, or nested more than 256 deep.
    :raises ConfigurationError: no JSON can have that type, or msgspec is missing.
    """

    @overload
    def __init__(self, output: type[T] | AnswerType[T], *, max_hold: int = MAX_HOLD) -> None: ...
    @overload
    def __init__(self: TypedOutput[Any], output: Any, *, max_hold: int = MAX_HOLD) -> None: ...
    def __init__(self, output: Any, *, max_hold: int = MAX_HOLD) -> None:
        self._answer: AnswerType[T] = answer_type(output)
        super().__init__(self._answer.starts, max_hold=max_hold)

    def _begin(self, seen: int) -> PartialRecord:
        return PartialRecord(self._answer.wrapper, max_hold=self._max_hold, seen=seen)

    def _news(self, record: PartialRecord) -> Sequence[Partial[T]]:
        return () if record.changes == record.shown else (record.partial(),)

    def _end(self, record: PartialRecord) -> Sequence[Partial[T]]:
        try:
            output = self._answer.read(record.unwrapped(record.value), record.text)
        except OutputInvalid as misfit:
            self._misfit = misfit
            return self._news(record)
        self._is_found = True
        return (record.partial(output),)

    def flush(self) -> Sequence[Partial[T]]:
        """The answer that is no object and no list, and stands alone; nothing for all others."""
        if not self._flushed and not self._has_answer() and self._answer.may_be_scalar:
            for value, text in _scalars(self._all_text(self._text)):
                try:
                    output = self._answer.read(value, text)
                except OutputInvalid as misfit:
                    self._misfit = self._misfit or misfit
                    continue
                self._flushed = True
                return [Partial(value, (), output)]
        return super().flush()


def _scalars(text: str) -> Iterator[tuple[Any, str]]:
    """The values that a text may mean, and where they stand: the text, its fences, its last line.

    As JSON first; then as the words themselves, since a choice among words is often made without
    quotes.
    """
    whole = text.strip()
    places = [*_FENCE.findall(text), whole, whole.rpartition("\n")[2]]
    places = [place.strip() for place in places]
    # A place that begins like a document was looked at as one.
    places = [place for place in dict.fromkeys(places) if place[:1] not in {"[", "{"}]
    for place in places:
        try:
            yield json.loads(place), place
        except ValueError:
            continue
    for place in places:
        yield place, place
