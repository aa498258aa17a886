"""Conversations with one mistake each, made from the one that has none."""

from __future__ import annotations

from contextlib import asynccontextmanager

import attrs
import trio

from lionpride_trio import ToolResult, ToolResultChunk
from lionpride_trio._channels._nursery import LateFailures, open_pump_nursery
from lionpride_trio.services._conversation import Conversation
from lionpride_trio.services._converse import plan_conversation
from lionpride_trio.services._turn import Turn
from lionpride_trio.testing import check_conversation
from tests.testing.mutants.case import Case


def conversing(kind):
    """A function that makes conversations of that kind."""

    @asynccontextmanager
    async def make(model, tools):
        plan = plan_conversation(model, "?", tools=tools, options={})
        with LateFailures() as late:
            conversation = kind(plan, Turn.read_output, late)
            async with open_pump_nursery() as nursery:
                nursery.start_soon(conversation.run)
                yield conversation

    return make


class RunsAgain(Conversation):
    """Forgets at the end of an answer which of its calls it has begun."""

    async def _send_and_start_calls(self, chunks, number, runs, calls):
        await super()._send_and_start_calls(chunks, number, runs, calls)
        runs._begun.clear()


class TellsBackwards(Conversation):
    """Tells the results in another order than that of the calls."""

    def _messages_of(self, response):
        answer, *results = super()._messages_of(response)
        return [answer, *reversed(results)]


class LosesAResult(Conversation):
    """Leaves the last of several results out."""

    def _messages_of(self, response):
        told = super()._messages_of(response)
        return told[:-1] if len(told) > 2 else told


class TellsFailuresAsResults(Conversation):
    """Forgets that a tool failed."""

    def _messages_of(self, response):
        return [
            attrs.evolve(told, is_error=False) if isinstance(told, ToolResult) else told
            for told in super()._messages_of(response)
        ]


class ForgetsTurns(Conversation):
    """Tells the model of the last turn alone."""

    async def _ask_model(self, source, number, runs):
        if self._whole:
            self._messages = self._last_messages
        return await super()._ask_model(source, number, runs)

    def _messages_of(self, response):
        self._last_messages = super()._messages_of(response)
        return self._last_messages


class CountsTheLastTurn(Conversation):
    """Has the usage of the last turn alone."""

    @property
    def response(self):
        turns = self.turns
        return turns[-1] if turns else super().response


class TellsResultsLate(Conversation):
    """Tells a result with the first chunks of the next turn."""

    late = None

    async def send(self, items, **options):
        if isinstance(items[0], ToolResultChunk) and items[0].last:
            self.late = [*(self.late or ()), *items]
            return
        late, self.late = self.late, None
        await super().send([*items, *(late or ())], **options)


class LosesAChunk(Conversation):
    """Loses what comes together with a call."""

    async def _send_and_start_calls(self, chunks, number, runs, calls):
        await super()._send_and_start_calls(chunks[1:] if number else chunks, number, runs, calls)


class AsksTwice(Conversation):
    """Asks again what was answered."""

    async def _ask_model(self, source, number, runs):
        response = await super()._ask_model(source, number, runs)
        if number:
            await self._plan.model.complete([*self._plan.asked, *self._messages])
        return response


class StartsTasksOfNobody(Conversation):
    """Runs tools in tasks that outlive the block."""

    async def _run_turns(self, nursery):
        class System:
            def start_soon(self, function, *arguments, name):
                trio.lowlevel.spawn_system_task(function, *arguments, name=name)

        await super()._run_turns(System())


class GroupsFailures(Conversation):
    def _fail(self, error):
        super()._fail(ExceptionGroup("a group", [error]))


class HidesFailures(Conversation):
    def _fail(self, error):
        self._scope.cancel()


class KeepsCallsWithoutResults(Conversation):
    """Has calls in its messages whose tools still run."""

    @property
    def messages(self):
        told = list(self._messages)
        if self._reply is not None:
            told.append(self.response.message)
        return told


RIGHT = conversing(Conversation)

CASES = [
    Case(kind.__name__, check_conversation, RIGHT, conversing(kind), law, drawn=True)
    for kind, law in (
        (RunsAgain, "a call runs once|a call has one result"),
        (TellsBackwards, "the model is told"),
        (LosesAResult, "the model is told"),
        (TellsFailuresAsResults, "the model is told"),
        (ForgetsTurns, "the model is told"),
        (CountsTheLastTurn, "usage adds up"),
        (TellsResultsLate, "results come before the next turn"),
        (LosesAChunk, "chunks mean what was said"),
        (AsksTwice, "a turn is asked once|chunks mean what was said"),
        # Its tasks run on into the stream after it, and what they say there may be seen first.
        (StartsTasksOfNobody, "structured|fresh state"),
        (GroupsFailures, "failures come plain"),
        (HidesFailures, "failures come plain"),
        (KeepsCallsWithoutResults, "it goes on"),
    )
]  # fmt: skip


def committing(*, early):
    """A function that makes conversations that are committed: at the end, or when their block ends."""
    kept = []

    @asynccontextmanager
    async def make(model, tools):
        async with conversing(Conversation)(model, tools) as reply:
            wait = reply._wait

            async def committing_wait():
                try:
                    await wait()
                except trio.EndOfChannel:
                    kept.extend(reply.messages)
                    raise

            if early:
                try:
                    yield reply
                finally:
                    kept.extend(reply.messages)
            else:
                reply._wait = committing_wait
                yield reply

    return make, lambda: len(kept)


def check_committing(made, settings):
    make, kept = made
    check_conversation(make, kept=kept, settings=settings)


CASES.append(
    Case(
        "commits what was left",
        check_committing,
        committing(early=False),
        committing(early=True),
        "all or nothing",
        drawn=True,
    )
)
