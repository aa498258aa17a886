"""A turn: the channel of an answer, with what it is added up to and what of it goes back to a model.

Strategy.  `Conversation` is a turn of several calls, with tools, and needs a task that asks.  `OneCall` is a
turn without tools: it reads its reply in the reader's task, at the cost of the reply alone.  Both end in one
way: when the last chunk was handed out, the *ends* of the turn reads the typed answer and commits, in the
reader's task.  So a reader who leaves before has committed nothing, and what was committed was read.

What must hold:

1. What is kept can be sent again: a call that has no result is left out of `messages`, since no API takes
   a call without one.
2. A typed answer that comes as the call of a tool (where a provider's schemas cannot say its type) is an
   answer: it is kept as the text that it is.
"""

from __future__ import annotations

import abc
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import attrs
import trio

from .._assistant import AssistantResponseContent, answer_of, text_of_parts
from .._channels._channel import Channel
from .._chunks import Usage, Verdict
from .._errors import OutputInvalid
from .._parts import Part, TextPart, ToolCall, ToolResult
from .._response import Response, usage_of
from ._plan import Plan
from ._reply import Reply

Told: TypeAlias = AssistantResponseContent | ToolResult
Ends: TypeAlias = Callable[["Turn"], None]


class Turn(Channel[Any]):
    """The channel of an answer, which may take several calls of the model.

    ``response`` is the last answer, ``turns`` are the answers of all calls, and ``messages`` go back to the
    model.  They are what they add up to so far.
    """

    def __init__(self, plan: Plan, ends: Ends) -> None:
        super().__init__()
        self._plan = plan
        self._ends = ends
        self._has_ended = False
        self._output: Any = None

    @property
    def turns(self) -> tuple[Response, ...]:
        """The answers so far, one for each call of the model; the last one may still be coming."""
        answers = self._answers()
        if self._output is not None:
            answers[-1] = attrs.evolve(answers[-1], output=self._output)
        return tuple(answers)

    @property
    def response(self) -> Response:
        """The last answer, with the usage of all calls.  Empty before there is any."""
        turns = self.turns
        if len(turns) > 1:
            return attrs.evolve(turns[-1], usage=usage_of(turns))
        return turns[0] if turns else self._nothing()

    @property
    def usage(self) -> Usage | None:
        """The tokens of all calls, as far as the provider has told."""
        return usage_of(self._answers())

    @property
    def messages(self) -> list[Told]:
        """What came after the question: ``[*asked, *reply.messages, next]`` goes on.

        Calls that have no result are left out.
        """
        return self._told()

    @abc.abstractmethod
    def stop(self) -> None:
        """End the turn on purpose: what came is the answer, with the verdict STOPPED.

        Does not wait; may be called from any task.  The model's connection closes, and tools that run are
        cancelled.  What is ready can still be read.
        """

    @abc.abstractmethod
    def _answers(self) -> list[Response]:
        """The answers so far."""

    @abc.abstractmethod
    def _told(self) -> list[Told]:
        """The messages so far."""

    def _nothing(self) -> Response:
        return Response()

    async def _wait(self) -> None:
        try:
            await super()._wait()
        except trio.EndOfChannel:
            if not self._has_ended:
                self._has_ended = True
                self._finish_with_ends()
            raise

    def _finish_with_ends(self) -> None:
        try:
            self._ends(self)
        except Exception as error:
            self._end = error  # a later read raises it too
            raise error from None

    def read_output(self) -> None:
        """Read the typed answer, where there is to be one.

        :raises OutputInvalid: it is none; ``partial`` has the parts of all calls.
        """
        typed = self._plan.typed
        response = self.response
        if typed is None or response.verdict is Verdict.STOPPED:
            return
        try:
            self._output = typed.read(response, may_call=len(self._plan.rules.toolbox) > 0)
        except OutputInvalid as error:
            error._locate(partial=self._all_of_it(), **self._plan.model._where())  # ruff: ignore[private-member-access] - of one house
            raise

    def _all_of_it(self) -> Response:
        """The parts of all calls' answers, with the results between them."""
        parts: list[Part] = []
        for told in self.messages:
            parts += [told] if isinstance(told, ToolResult) else told.all_parts
        return attrs.evolve(self.response, parts=tuple(parts))

    def _noun(self) -> str:
        return "turn"


class OneCall(Turn):
    """A turn of one call, read through its *reply*."""

    _can_poll = True

    def __init__(self, plan: Plan, ends: Ends, reply: Reply) -> None:
        super().__init__(plan, ends)
        self._reply = reply
        self._whole: Response | None = None

    def stop(self) -> None:
        """As `Turn.stop`."""
        self._reply.stop()

    async def _fetch(self) -> list[Any]:
        return await self._pull(self._reply)

    def _fetch_nowait(self) -> list[Any] | None:
        return self._pull_nowait(self._reply)

    def _answers(self) -> list[Response]:
        if self._whole is None:
            response = self._reply.response
            if not self._has_ended:
                return [response]
            self._whole = response  # which is asked for several times at the end
        return [self._whole]

    def _told(self) -> list[Told]:
        return told_of(self._plan, self.response, {})


def told_of(plan: Plan, response: Response, results: Mapping[str, ToolResult]) -> list[Told]:
    """An answer, and the results of its calls; calls that were to be run and have no result are left out."""
    calls_stay = response.verdict is Verdict.TOOL_USE and not plan.runs_tools
    kept: list[Part] = []
    for part in response.parts:
        if isinstance(part, ToolCall) and plan.is_answer(part):
            kept.append(TextPart(part.arguments))
        elif not isinstance(part, ToolCall) or part.id in results or calls_stay:
            kept.append(part)
    message = response.message
    is_answered = any(map(plan.is_answer, response.tool_calls))
    answer = answer_of(
        kept,
        text_of_parts(kept) or message.assistant_response,
        verdict=Verdict.COMPLETE if is_answered else message.verdict,
        usage=message.usage,
        model=message.model,
    )
    calls = [part for part in kept if isinstance(part, ToolCall)]
    return [answer, *(results[call.id] for call in calls if call.id in results)]
