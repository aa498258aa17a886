"""The loop of calls: a model is asked, its tools are run, and it is told what they gave, until it answers.

Strategy.  A task of the conversation asks the model again and again and puts its chunks into a mailbox,
which is the channel that the user reads: a full one stops the model's socket.  Tools are tasks beside it, in
one nursery with it.  So leaving the block ends the model's connection and every tool.

What must hold, besides what holds for a turn (`_turn`):

1. A call is run once: by its id, and never for an answer that is asked for again, because a reply is only
   repeated before its first content.
2. A result is told before the chunks of the call that reads it.
3. A typed answer that comes as the call of a tool is never run, and ends the conversation.
4. In a flow, the slot of the model is lent while a chunk waits for its reader, as an operation's own is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import attrs
import trio

from .._channels._lending import LendingMailbox
from .._channels._mailbox import FAIR_SHARE
from .._channels._nursery import LateFailures
from .._chunks import Chunk, TextChunk, ToolCallChunk, Verdict, text_chunk
from .._errors import OutputInvalid, TurnsExhausted
from .._parts import ToolCall
from .._response import Response, as_stopped, chunks_of
from ..transformers._sources import tell_failure
from ._invoked import ReplySource
from ._plan import Plan
from ._reply import Reply
from ._tool_calls import ToolRuns
from ._turn import Ends, Turn, TurnMessage, messages_of


class Conversation(Turn, LendingMailbox):
    """The channel of a conversation: chunks of all its calls, and the results of its tools."""

    def __init__(self, plan: Plan, ends: Ends, late: LateFailures) -> None:
        super().__init__(plan, ends)
        self._late = late
        self._scope = trio.CancelScope()
        self._whole: list[Response] = []
        """The answers that have ended."""
        self._messages: list[TurnMessage] = []
        """Those of the answers that have ended."""
        self._reply: Reply | None = None
        """That of the answer that comes now."""
        self._runs: ToolRuns | None = None
        """Those of the answer that comes now, or came last: its messages need their results."""

    def stop(self) -> None:
        """As `Turn.stop`."""
        if self._end is None:
            self._stopped = True
            self._scope.cancel()

    def _answers(self) -> list[Response]:
        if self._reply is None:
            return list(self._whole)
        coming = self._reply.response
        return [*self._whole, as_stopped(coming) if self._stopped else coming]

    @property
    def response(self) -> Response:
        """As `Turn.response`: STOPPED where it was stopped, between two calls too."""
        response = super().response
        return as_stopped(response) if self._stopped else response

    @property
    def messages(self) -> list[TurnMessage]:
        """As `Turn.messages`."""
        if self._reply is None:
            return list(self._messages)
        return [*self._messages, *self._messages_of(self.response)]

    def _messages_of(self, response: Response) -> list[TurnMessage]:
        return messages_of(self._plan, response, {} if self._runs is None else self._runs.results)

    async def run(self) -> None:
        """Go through the turns; the channel ends when the last one has."""
        with self._scope:
            async with trio.open_nursery() as nursery:
                try:
                    await self._run_turns(nursery)
                except Exception as error:
                    self._fail(error)
        self.finish()

    def _fail(self, error: Exception) -> None:
        tell_failure(error, self, self._late)
        self._scope.cancel()

    async def _run_turns(self, nursery: trio.Nursery) -> None:
        source: ReplySource | None = self._plan.first
        for number in range(self._plan.max_turns):
            runs = self._runs = ToolRuns(self._plan.rules, nursery, self.send, self._fail, number)
            response = await self._ask_model(source, number, runs)
            calls = [call for call in response.tool_calls if not self._plan.is_answer(call)]
            if response.verdict is Verdict.TOOL_USE and self._plan.runs_tools:
                for call in calls:
                    runs.start(call)
            await runs.wait()
            self._whole.append(response)
            self._reply = None
            self._messages += self._messages_of(response)
            is_answered = len(calls) < len(response.tool_calls)
            if is_answered or response.verdict not in self._plan.goes_on:
                return
            source = None
        raise TurnsExhausted(
            f"the model was asked max_turns={self._plan.max_turns} times and has not answered yet",
            turns=self._plan.max_turns,
            partial=self._all_of_it(),
            **self._plan.model._where(),  # ruff: ignore[private-member-access] - of one house
        )

    async def _ask_model(self, source: ReplySource | None, number: int, runs: ToolRuns) -> Response:
        """Ask the model once, and hand on what it says."""
        messages = [*self._plan.asked, *self._messages]
        options = self._plan.later_options if number else self._plan.options
        if not self._plan.model.streaming:
            response = await self._whole_turn(messages, options)
            await self._send_and_start_calls(chunks_of(response), number, runs, response.tool_calls)
            return response
        if source is None:
            source = self._plan.model.stream(messages, output=self._plan.output, **options)
        async with source as reply:
            self._reply = reply
            async for batch in reply.batches(FAIR_SHARE):
                await self._send_and_start_calls(batch, number, runs, ())
            return reply.response

    async def _whole_turn(self, messages: Any, options: Mapping[str, Any]) -> Response:
        try:
            return await self._plan.model.complete(messages, output=self._plan.output, **options)
        except OutputInvalid as error:
            # It is read again at the end, as one that was streamed is.
            return cast("Response", error.partial)

    async def _send_and_start_calls(
        self,
        chunks: Sequence[Chunk],
        number: int,
        runs: ToolRuns,
        calls: Sequence[ToolCall],
    ) -> None:
        if self._plan.start == "early" and self._plan.runs_tools:
            for chunk in chunks:
                if isinstance(chunk, ToolCallChunk) and chunk.last and not chunk.index:
                    call = calls[chunk.slot] if calls else self._call_so_far(chunk)
                    if not self._plan.is_answer(call):
                        runs.start(call)
        await self.send(chunks if not number else [stamped(chunk, number) for chunk in chunks])

    def _call_so_far(self, chunk: ToolCallChunk) -> ToolCall:
        assert self._reply is not None
        return self._reply._builder.call(chunk.slot)  # ruff: ignore[private-member-access] - of one house

    def _noun(self) -> str:
        return "conversation"


def stamped(chunk: Chunk, turn: int) -> Chunk:
    """*chunk* as one of that turn."""
    if chunk.__class__ is TextChunk:  # nearly all, at a third of the cost
        return text_chunk(chunk.data, chunk.metadata, chunk.raw_response, chunk.index, turn)
    return attrs.evolve(chunk, turn=turn)
