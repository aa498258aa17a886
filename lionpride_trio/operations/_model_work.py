"""The work of operations that ask a model: one turn of a conversation, or one for each item of a stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Final

import attrs
import trio

from .._channels._lending import LendingMailbox
from .._channels._mailbox import FAIR_SHARE, Mailbox
from .._channels._nursery import open_pump_nursery
from .._media import MediaPart
from .._response import Response
from ..flow import Context, Operation
from ..services import Fallback, iModel
from ..session import Message, Session
from ..session._asked import Asking
from ..session._turns import OnCut, commit, message_of
from ..tools import Toolbox
from ._prompt_text import text_of, text_of_item

RUN_AHEAD: Final = 1024
"""Chunks that an item's call may be ahead of its turn to speak."""


@attrs.frozen(kw_only=True)
class ModelWork(ABC):
    """The work of an operation that asks a model."""

    session: Session
    model: iModel | Fallback
    branch: str | None
    context: tuple[str, ...]
    context_from: tuple[Operation, ...]
    options: Mapping[str, Any]
    """Those of the call, and those of `iModel.converse`."""
    tools: Toolbox
    on_cut: OnCut

    @abstractmethod
    async def __call__(self, context: Context) -> Any:
        """Ask, and give the result of the operation."""

    def check(self) -> None:
        """Refuse what cannot be asked, as it would be refused when the flow runs.

        :raises ConfigurationError: something of it cannot be.
        """
        self._asking("", ()).plan()

    def _asking(
        self, instruction: str, context: Iterable[str], attachments: Iterable[MediaPart] = ()
    ) -> Asking:
        return self.session._asking(  # ruff: ignore[private-member-access] - of one house
            self.branch,
            message_of(instruction, context, attachments),
            self.model,
            tools=self.tools,
            on_cut=self.on_cut,
            options=self.options,
        )

    def _texts(self, context: Context) -> list[str]:
        earlier = (text_of(context.results[operation]) for operation in self.context_from)
        return [*self.context, *earlier]


@attrs.frozen(kw_only=True)
class ConverseWork(ModelWork):
    """The work of a communicate or converse operation: one turn; its result is the `Response`."""

    word = "communicate"
    instruction: str
    attachments: tuple[MediaPart, ...]
    streams: bool
    """True if it reads a stream, and puts the text of it into the prompt."""

    async def __call__(self, context: Context) -> Response:
        texts = self._texts(context)
        if self.streams:
            # A model reads its prompt whole, so this waits for the end of the stream.
            texts.append("".join([text_of_item(item) async for item in context.channel]))
        async with self._asking(self.instruction, texts, self.attachments).open(waits=True) as turn:
            async for batch in turn.batches(FAIR_SHARE):
                await context.send_all(batch)
            return turn.response


@attrs.define(eq=False)
class _Call:
    """The call for one item; its chunks wait here for their turn."""

    asking: Asking
    box: Mailbox = attrs.Factory(lambda: LendingMailbox(RUN_AHEAD))
    response: Response | None = None
    messages: list[Message] = attrs.Factory(list[Message])
    """The messages to commit when all calls have ended."""

    async def run(self) -> None:
        """Ask; the chunks go into the box."""
        try:
            async with self.asking.run(self.messages.extend) as turn:
                async for batch in turn.batches(FAIR_SHARE):
                    await self.box.send(batch)
                self.response = turn.response
        except Exception as error:
            self.box.finish(error)
        else:
            self.box.finish()


@attrs.frozen(kw_only=True)
class CommunicateEachWork(ModelWork):
    """The work of a communicate_each operation; its result is the list of responses in order."""

    word = "communicate_each"
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
                messages += item_call.messages
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
                item_call = _Call(self._asking(self.template.replace("{item}", text), texts))
                calls.put_nowait([item_call])
                nursery.start_soon(item_call.run)
        except trio.EndOfChannel:
            calls.finish()
        except Exception as error:
            calls.finish(error)
