"""The work of ``builder.communicate`` and ``builder.communicate_each``, when they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs
import trio

from .._channels._lending import LendingMailbox
from .._channels._mailbox import FAIR_SHARE, Mailbox
from .._channels._nursery import open_pump_nursery
from .._response import Response
from ..flow import Context, Operation
from ..services import Fallback, iModel
from ..session import Message, Session
from ..session._asked import OnCut
from ._prompt_text import text_of, text_of_item
from ._turn import Turn, call, commit

RUN_AHEAD: Final = 1024
"""Chunks that an item's call may be ahead of its turn to speak."""


@attrs.frozen(kw_only=True)
class Asking:
    """One call to a model, or several alike."""

    session: Session
    model: iModel | Fallback
    branch: str | None
    context: tuple[str, ...]
    context_from: tuple[Operation, ...]
    options: Mapping[str, Any]
    on_cut: OnCut = "raise"

    def _turn(self, instruction: str, context: Iterable[str]) -> Turn:
        return Turn.ask(self.session, self.branch, instruction, context, self.on_cut)

    def _texts(self, context: Context) -> list[str]:
        earlier = (text_of(context.results[operation]) for operation in self.context_from)
        return [*self.context, *earlier]


@attrs.frozen(kw_only=True)
class CommunicateWork(Asking):
    """The work of a communicate operation; its result is the `Response`."""

    instruction: str
    streams: bool
    """True if it reads a stream, and puts the text of it into the prompt."""

    async def __call__(self, context: Context) -> Response:
        branch = self.branch
        if branch is not None:
            return await self._ask(context, lambda: branch)
        with self.session.conversations.hold_name() as name:
            return await self._ask(context, name)

    async def _ask(self, context: Context, branch_name: Callable[[], str]) -> Response:
        texts = self._texts(context)
        if self.streams:
            # A model reads its prompt whole, so this waits for the end of the stream.
            texts.append("".join([text_of_item(item) async for item in context.channel]))
        turn = self._turn(self.instruction, texts)
        response = await call(self.model, turn, self.options, context.send_all)
        commit(self.session, branch_name(), turn.to_commit(response))
        return response


@attrs.define(eq=False)
class _Call:
    """The call for one item; its chunks wait here for their turn."""

    turn: Turn
    box: Mailbox = attrs.Factory(lambda: LendingMailbox(RUN_AHEAD))
    response: Response | None = None


@attrs.frozen(kw_only=True)
class CommunicateEachWork(Asking):
    """The work of a communicate_each operation; its result is the list of responses in order."""

    template: str
    limit: int

    async def __call__(self, context: Context) -> list[Response]:
        calls = Mailbox(self.limit)
        open_calls = trio.Semaphore(self.limit)
        responses: list[Response] = []
        messages: list[Message] = []
        async with open_pump_nursery() as nursery:
            nursery.start_soon(self._start_calls, context, calls, open_calls, nursery)
            # The first call speaks as its chunks come; those after it wait for their turn.
            async for item_call in calls:
                async for batch in item_call.box.batches(FAIR_SHARE):
                    await context.send_all(batch)
                responses.append(item_call.response)
                messages += item_call.turn.to_commit(item_call.response)
                open_calls.release()
        if self.branch is not None:
            commit(self.session, self.branch, messages)
        return responses

    async def _start_calls(
        self,
        context: Context,
        calls: Mailbox,
        open_calls: trio.Semaphore,
        nursery: trio.Nursery,
    ) -> None:
        texts = self._texts(context)
        try:
            while True:
                await open_calls.acquire()
                text = ""
                while not text.strip():
                    text = text_of_item(await context.channel.receive())
                question = self.template.replace("{item}", text)
                item_call = _Call(self._turn(question, texts))
                calls.put_nowait([item_call])
                nursery.start_soon(self._call, item_call)
        except trio.EndOfChannel:
            calls.finish()
        except Exception as error:
            calls.finish(error)

    async def _call(self, item_call: _Call) -> None:
        try:
            item_call.response = await call(
                self.model, item_call.turn, self.options, item_call.box.send
            )
        except Exception as error:
            item_call.box.finish(error)
        else:
            item_call.box.finish()
