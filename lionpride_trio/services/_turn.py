"""A turn: the channel of an answer, with what it is added up to and what of it goes back to a model.

Strategy.  `Conversation` is a turn of several calls, with tools, and needs a task that asks.  `OneCall` is a
turn without tools: it reads its reply in the reader's task, and a chunk costs what a reply's chunk costs.  Both
end in one way: when the last chunk was handed out, the *ends* of the turn reads the typed answer and commits, in the
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
from .._observer import outcome_of
from .._parts import Part, TextPart, ToolCall, ToolResult
from .._response import Response, usage_of
from .._timings import RateLimits, Timings
from ._plan import Plan
from ._reply import Reply

TurnMessage: TypeAlias = AssistantResponseContent | ToolResult
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
        self._ended_at: float | None = None
        self._failure_read: Exception | None = None
        """The failure that the reader was given, in the place of an end."""
        self._stopped = False
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
        if turns:
            return turns[0]
        return Response(verdict=Verdict.STOPPED if self._stopped else Verdict.UNKNOWN)

    @property
    def usage(self) -> Usage | None:
        """The tokens of all calls, as far as the provider has told."""
        return usage_of(self._answers())

    @property
    @abc.abstractmethod
    def messages(self) -> list[TurnMessage]:
        """The messages that came after the question: ``[*asked, *reply.messages, next]`` goes on.

        Calls that have no result are left out.
        """

    @abc.abstractmethod
    def stop(self) -> None:
        """End the turn on purpose: what came is the answer, with the verdict STOPPED.

        Does not wait; may be called from any task.  The model's connection closes, and tools that run are
        cancelled.  What is ready can still be read.
        """

    @abc.abstractmethod
    def _answers(self) -> list[Response]:
        """The answers so far."""

    async def _wait(self) -> None:
        try:
            await super()._wait()
        except trio.EndOfChannel:
            if not self._has_ended:
                self._has_ended = True
                self._ended_at = trio.current_time()
                self._finish_with_ends()
            raise
        except (trio.BusyResourceError, trio.ClosedResourceError):
            raise
        except Exception as error:
            self._failure_read = error
            raise

    def _finish_with_ends(self) -> None:
        try:
            self._ends(self)
        except Exception as error:
            self._end = self._failure_read = error  # a later read raises it too
            raise error from None

    def _how_it_ended(self, error: BaseException | None) -> dict[str, Any]:
        """The facts of `TurnFinished`, at the end of the turn's block, which *error* came out of."""
        response = self.response
        outcome, failure = outcome_of(error)
        if self._failure_read is not None:
            outcome, failure = "failed", type(self._failure_read)
        elif self._has_ended:
            outcome, failure = "ended", None
        elif outcome != "cancelled":
            outcome, failure = "left", None
        return {
            "at": self._ended_at,
            "outcome": outcome,
            "error": failure,
            "verdict": response.verdict,
            "usage": response.usage,
            "calls": len(self._answers()),
        }

    @property
    def timings(self) -> Timings | None:
        """When what of the last call came; None before there is any."""
        return self.response.timings

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the last answer, as `Response.headers`."""
        return self.response.headers

    @property
    def request_id(self) -> str | None:
        """The id that the provider gave the last request."""
        return self.response.request_id

    @property
    def rate_limits(self) -> RateLimits | None:
        """The limits that the last answer's headers tell of."""
        return self.response.rate_limits

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
    """A turn of one call, read through its reply once that is open."""

    _can_poll = True

    def __init__(self, plan: Plan, ends: Ends, reply: Reply | None = None) -> None:
        super().__init__(plan, ends)
        self._reply = reply
        self._failure: Exception | None = None
        self._tried = trio.Event()
        """Set when it is known whether the reply opens."""
        self._scope = trio.CancelScope()
        self._whole: Response | None = None

    async def hold(self) -> None:
        """Open the reply, and keep it open until this task is cancelled.

        A task of its own opens it, so that the turn can be stopped before anything has come.
        """
        with self._scope:
            try:
                async with self._plan.first as self._reply:
                    self._tried.set()
                    await trio.sleep_forever()
            except Exception as error:
                self._failure = error
        self._tried.set()

    def stop(self) -> None:
        """As `Turn.stop`."""
        if self._reply is not None:
            self._reply.stop()
        elif self._end is None:
            self._stopped = True
            self._scope.cancel()

    async def _fetch(self) -> list[Any]:
        if self._reply is not None:
            return await self._pull(self._reply)
        await self._tried.wait()
        if self._failure is not None or self._stopped:
            self._finish(self._failure)
        return []

    def _fetch_nowait(self) -> list[Any] | None:
        return None if self._reply is None else self._pull_nowait(self._reply)

    def _answers(self) -> list[Response]:
        if self._whole is not None:
            return [self._whole]
        if self._reply is None:
            return []
        response = self._reply.response
        if self._has_ended:
            self._whole = response  # which is asked for several times at the end
        return [response]

    @property
    def messages(self) -> list[TurnMessage]:
        """As `Turn.messages`."""
        return [] if self._reply is None else messages_of(self._plan, self.response, {})


def messages_of(
    plan: Plan, response: Response, results: Mapping[str, ToolResult]
) -> list[TurnMessage]:
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
