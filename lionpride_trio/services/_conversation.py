"""The loop of turns: a model is asked, its tools are run, and it is told what they gave, until it answers.

Strategy.  A task of the conversation asks the model turn after turn and puts its chunks into a mailbox,
which is the channel that the user reads: a full one stops the model's socket.  Tools are tasks beside it, in
one nursery with it.  So leaving the block ends the model's connection and every tool.

What must hold:

1. A call is run once: by its id, and never for an answer that is asked for again, because a reply is only
   repeated before its first content.
2. What is kept can be sent again: a call that has no result is left out of `messages`, since no API takes
   a call without one.
3. A result is told before the chunks of the turn that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

import attrs
import trio

from .._assistant import AssistantResponseContent, answer_of
from .._channels._mailbox import FAIR_SHARE, Mailbox
from .._channels._nursery import LateFailures
from .._chunks import Chunk, TextChunk, ToolCallChunk, Usage, Verdict, text_chunk
from .._errors import TurnsExhausted
from .._parts import Part, ToolCall, ToolResult
from .._response import Response, as_stopped, chunks_of, usage_of
from ..transformers._sources import tell_failure
from ._invoked import ReplySource
from ._reply import Reply
from ._tool_calls import ToolRules, ToolRuns

Start: TypeAlias = Literal["early", "end"]
Told: TypeAlias = AssistantResponseContent | ToolResult


class AsksModel(Protocol):
    """A model, or several as one."""

    streaming: bool

    def stream(self, messages: Any, **options: Any) -> ReplySource:
        """A source of one answer's chunks."""
        ...

    async def complete(self, messages: Any, **options: Any) -> Response:
        """One whole answer."""
        ...


@attrs.frozen(kw_only=True)
class Plan:
    """What a conversation is to do."""

    model: AsksModel
    first: ReplySource
    """The first turn, written already: a mistake in it was raised where the conversation was made."""
    asked: Sequence[Any]
    options: Mapping[str, Any]
    later_options: Mapping[str, Any]
    """Those of the turns after the first, which must not be forced to call a tool again."""
    max_turns: int
    start: Start
    rules: ToolRules
    goes_on: frozenset[Verdict] = frozenset({Verdict.TOOL_USE, Verdict.PAUSED})
    """The verdicts after which the model is asked again."""


class Conversation(Mailbox):
    """The channel of a conversation: chunks of all its turns, and the results of its tools."""

    def __init__(self, plan: Plan, late: LateFailures) -> None:
        super().__init__()
        self._plan = plan
        self._late = late
        self._scope = trio.CancelScope()
        self._stopped = False
        self._turns: list[Response] = []
        self._messages: list[Told] = []
        self._reply: Reply | None = None
        """That of the turn that is being told."""
        self._runs: ToolRuns | None = None

    @property
    def turns(self) -> tuple[Response, ...]:
        """The answers so far, one for each call of the model; the last one may still be coming."""
        if self._reply is None:
            return tuple(self._turns)
        return (*self._turns, self._reply.response)

    @property
    def response(self) -> Response:
        """The last turn's answer, with the usage of all turns.  Empty before there is any."""
        turns = self.turns
        if not turns:
            return Response(verdict=Verdict.STOPPED if self._stopped else Verdict.UNKNOWN)
        last = attrs.evolve(turns[-1], usage=usage_of(turns))
        if not self._stopped or self._reply is None:
            return last
        return as_stopped(last)

    @property
    def usage(self) -> Usage | None:
        """The tokens of all turns, as far as the provider has told."""
        return usage_of(self.turns)

    @property
    def messages(self) -> list[Told]:
        """What came after the question: ``[*asked, *reply.messages, next]`` goes on.

        Calls that have no result are left out.
        """
        told = list(self._messages)
        if self._reply is not None:
            told += self._told_of(self.response)
        return told

    def stop(self) -> None:
        """End the conversation on purpose: what came is the answer, with the verdict STOPPED.

        Does not wait; may be called from any task.  The model's connection closes, and the tools that
        run are cancelled.  What is ready can still be read.
        """
        if self._end is None:
            self._stopped = True
            self._scope.cancel()

    async def run(self) -> None:
        """Go through the turns; the channel ends when the last one has."""
        with self._scope:
            async with trio.open_nursery() as nursery:
                try:
                    await self._go_on(nursery)
                except Exception as error:
                    self._fail(error)
        self.finish()

    def _fail(self, error: Exception) -> None:
        tell_failure(error, self, self._late)
        self._scope.cancel()

    async def _go_on(self, nursery: trio.Nursery) -> None:
        source: ReplySource | None = self._plan.first
        for number in range(self._plan.max_turns):
            runs = self._runs = ToolRuns(self._plan.rules, nursery, self._tell, self._fail, number)
            response = await self._turn(source, number, runs)
            if response.verdict is Verdict.TOOL_USE and self._runs_tools:
                for call in response.tool_calls:
                    runs.start(call)
            await runs.wait()
            self._turns.append(response)
            self._reply = None
            self._messages += self._told_of(response)
            if response.verdict not in self._plan.goes_on:
                return
            source = None
        raise TurnsExhausted(
            f"the model was asked max_turns={self._plan.max_turns} times and has not answered yet",
            turns=self._plan.max_turns,
            partial=self._all_of_it(),
        )

    async def _turn(self, source: ReplySource | None, number: int, runs: ToolRuns) -> Response:
        """Ask the model once, and hand on what it says."""
        messages = [*self._plan.asked, *self._messages]
        options = self._plan.later_options if number else self._plan.options
        if not self._plan.model.streaming:
            response = await self._plan.model.complete(messages, **options)
            await self._hand_on(chunks_of(response), number, runs, response.tool_calls)
            return response
        async with source or self._plan.model.stream(messages, **options) as reply:
            self._reply = reply
            async for batch in reply.batches(FAIR_SHARE):
                await self._hand_on(batch, number, runs, ())
            return reply.response

    async def _hand_on(
        self,
        chunks: Sequence[Chunk],
        number: int,
        runs: ToolRuns,
        calls: Sequence[ToolCall],
    ) -> None:
        if self._plan.start == "early" and self._runs_tools:
            for chunk in chunks:
                if isinstance(chunk, ToolCallChunk) and chunk.last and not chunk.index:
                    runs.start(calls[chunk.slot] if calls else self._call_so_far(chunk))
        await self.send(chunks if not number else [stamped(chunk, number) for chunk in chunks])

    def _call_so_far(self, chunk: ToolCallChunk) -> ToolCall:
        assert self._reply is not None
        return self._reply._builder.call(chunk.slot)  # ruff: ignore[private-member-access] - of one house

    @property
    def _runs_tools(self) -> bool:
        """Whether calls are run here; elsewhere they are for who asked."""
        return Verdict.TOOL_USE in self._plan.goes_on

    async def _tell(self, chunks: list[Chunk]) -> None:
        await self.send(chunks)

    def _told_of(self, response: Response) -> list[Told]:
        """An answer, and the results of its calls; calls without a result are left out."""
        results = {} if self._runs is None else self._runs.results
        calls_stay = response.verdict is Verdict.TOOL_USE and not self._runs_tools
        kept: list[Part] = [
            part
            for part in response.parts
            if not isinstance(part, ToolCall) or part.id in results or calls_stay
        ]
        calls = [part for part in kept if isinstance(part, ToolCall)]
        message = response.message
        answer = answer_of(
            kept,
            message.assistant_response,
            verdict=message.verdict,
            usage=message.usage,
            model=message.model,
        )
        return [answer, *(results[call.id] for call in calls if call.id in results)]

    def _all_of_it(self) -> Response:
        """The parts of all turns, with the results between them."""
        parts: list[Part] = []
        for told in self._messages:
            parts += [told] if isinstance(told, ToolResult) else told.all_parts
        return attrs.evolve(self.response, parts=tuple(parts))

    def _noun(self) -> str:
        return "conversation"


def stamped(chunk: Chunk, turn: int) -> Chunk:
    """*chunk* as one of that turn."""
    if chunk.__class__ is TextChunk:  # nearly all, at a third of the cost
        return text_chunk(chunk.data, chunk.metadata, chunk.raw_response, chunk.index, turn)
    return attrs.evolve(chunk, turn=turn)
