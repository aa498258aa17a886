"""The work of operations that ask a model: one turn of a conversation, or one for each item of a stream."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs
import trio

from .._channels._lending import LendingMailbox
from .._channels._mailbox import FAIR_SHARE, Mailbox
from .._channels._nursery import open_pump_nursery
from .._chunks import Verdict
from .._media import MediaPart
from .._response import Response, chunks_of
from ..flow import Context, Operation
from ..flow._facts import digest
from ..services import Fallback, iModel
from ..session import Message, Session
from ..session._asked import Asking
from ..session._turns import CUT, OnCut, commit, message_of
from ..tools import Toolbox
from ._prompt_text import text_of, text_of_item


def kept_turn(branch: str, messages: list[Message], *, is_new_branch: bool) -> Mapping[str, Any]:
    """What a journal keeps of a turn, beside its result, to commit it again."""
    return {"branch": branch, "messages": messages, "is_new_branch": is_new_branch}


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

    def facts(self) -> Any:
        """What decides about the answers beside the operation's parameters; see `ResumableWork`."""
        return [self.context, self.context_from, [tool.schema for tool in self.tools]]

    def restore(self, result: Any) -> Any:
        """The result with its ``output``, which is made of its text; see `ResumableWork`.

        :raises OutputInvalid: the type has changed, and the answer does not fit it any more.
        """
        return self._restored(result)

    def _restored(self, response: Response) -> Response:
        if self.options.get("output") is None or response.verdict in {*CUT, Verdict.STOPPED}:
            return response
        typed = self._asking("", ()).plan().typed
        assert typed is not None
        output = typed.read(response, may_call=len(self.tools) > 0)
        return attrs.evolve(response, output=output)

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

        def keep(branch: str, messages: list[Message]) -> None:
            context._kept = kept_turn(branch, messages, is_new_branch=self.branch is None)  # ruff: ignore[private-member-access] - of one house

        asking = self._asking(self.instruction, texts, self.attachments)
        async with asking.open(waits=True, committed=keep) as turn:
            async for batch in turn.batches(FAIR_SHARE):
                await context.send_all(batch)
            return turn.response


@attrs.define(eq=False)
class _Call:
    """The call for one item; its chunks wait here for their turn."""

    asking: Asking
    number: int
    asked: str
    """What tells whether a journal has the answer to the same question."""
    box: Mailbox = attrs.Factory(lambda: LendingMailbox(RUN_AHEAD))
    response: Response | None = None
    messages: list[Message] = attrs.Factory(list[Message])
    """The messages to commit when all calls have ended."""

    async def run(self, context: Context, restore: Callable[[Response], Response]) -> None:
        """Ask, or take the answer from the journal; the chunks go into the box."""
        try:
            journal = context._journal  # ruff: ignore[private-member-access] - of one house
            if journal is None:
                await self._ask()
            elif known := journal.known_item(context.operation, self.number, self.asked):
                self.response = restore(known.result)
                self.messages.extend(known.kept)
                await self.box.send(chunks_of(self.response))
            else:
                await self._ask()
                await journal.item_done(
                    context.operation, self.number, self.asked, self.response, self.messages
                )
        except Exception as error:
            self.box.finish(error)
        else:
            self.box.finish()

    async def _ask(self) -> None:
        async with self.asking.run(self.messages.extend) as turn:
            async for batch in turn.batches(FAIR_SHARE):
                await self.box.send(batch)
            self.response = turn.response


@attrs.frozen(kw_only=True)
class CommunicateEachWork(ModelWork):
    """The work of a communicate_each operation; its result is the list of responses in order."""

    word = "communicate_each"
    template: str
    limit: int

    def restore(self, result: Any) -> Any:
        """As `ModelWork.restore`, for each response."""
        return [self._restored(response) for response in result]

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
            context._kept = kept_turn(self.branch, messages, is_new_branch=False)  # ruff: ignore[private-member-access] - of one house
        return responses

    async def _start_calls(
        self,
        context: Context,
        calls: Mailbox,
        open_calls: trio.Semaphore,
        nursery: trio.Nursery,
    ) -> None:
        texts = self._texts(context)
        number = 0
        try:
            while True:
                await open_calls.acquire()
                text = ""
                while not text.strip():
                    text = text_of_item(await context.channel.receive())
                question = self.template.replace("{item}", text)
                asking = self._asking(question, texts)
                item_call = _Call(asking, number, digest([question, texts]))
                number += 1
                calls.put_nowait([item_call])
                nursery.start_soon(item_call.run, context, self._restored)
        except trio.EndOfChannel:
            calls.finish()
        except Exception as error:
            calls.finish(error)
