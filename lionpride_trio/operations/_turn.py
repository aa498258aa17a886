"""One turn of a conversation: what is asked, the call, and both sides committed together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import attrs

from .._channels._join import FAIR_SHARE
from .._chunks import Chunk, FinishChunk, TextChunk
from .._response import Response
from ..services import Fallback, iModel
from ..session import (
    ActionRequestContent,
    AssistantResponseContent,
    Branch,
    InstructionContent,
    Message,
    Session,
)
from ..session.messages.utils import prepare_messages_for_chat

Send = Callable[[Sequence[Any]], Awaitable[None]]


@attrs.frozen
class Turn:
    """A question in the context of a branch, which need not be there before the commit."""

    session: Session
    branch: str | None
    """The name; None keeps nothing, and asks without a history."""
    asked: Message

    @classmethod
    def ask(
        cls,
        session: Session,
        branch: str | Branch | None,
        instruction: str,
        context: Iterable[str] = (),
    ) -> Self:
        """The turn that asks *instruction*, with *context* before it."""
        name = branch.name if isinstance(branch, Branch) else branch
        texts: Any = context
        asked = InstructionContent(instruction=instruction, context=texts)
        return cls(session, name, Message(content=asked))

    def messages(self) -> list[dict[str, Any]]:
        """What a model is asked with: the branch so far, then the question."""
        known = self.branch is not None and self.branch in self.session.branches
        history = self.session.history(self.branch) if known and self.branch is not None else []
        return prepare_messages_for_chat([*history, self.asked])

    def told(self, response: Response) -> list[Message]:
        """The question and the answer as messages."""
        answer = [Message(content=AssistantResponseContent(assistant_response=response.text))]
        if response.tool_calls:
            said = answer if response.text else []
            answer = said + [
                Message(
                    content=ActionRequestContent(
                        function=call.name, arguments=call.parsed(), call_id=call.id
                    )
                )
                for call in response.tool_calls
            ]
        return [self.asked, *answer]


def commit(session: Session, branch: str, messages: Sequence[Message]) -> None:
    """Put *messages* at the end of *branch*, which is made if it is not there: all or none."""
    if branch not in session.branches:
        session.create_branch(name=branch)
    session.conversations.add_items(messages, [branch])


async def call(
    model: iModel | Fallback,
    messages: Sequence[Mapping[str, Any]],
    options: Mapping[str, Any],
    send: Send | None = None,
) -> Response:
    """The whole response.  Its chunks go to *send* as they come, where the model streams."""
    if not model.streaming:
        response = await model.complete(messages, **options)
        if send is not None:
            await send(chunks_of(response))
        return response
    async with model.stream(messages, **options) as reply:
        async for batch in reply.batches(FAIR_SHARE):
            if send is not None:
                await send(batch)
        return reply.response


def chunks_of(response: Response) -> list[Chunk]:
    """The text of a response that came as one, and how it ended, as chunks."""
    text: list[Chunk] = [TextChunk(response.text)] if response.text else []
    return [*text, FinishChunk(verdict=response.verdict, reason=response.finish_reason)]
