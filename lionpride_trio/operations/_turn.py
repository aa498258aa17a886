"""One turn of a conversation: the question, the call, and the messages to commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Self

import attrs

from .._channels._mailbox import FAIR_SHARE
from .._response import Response, chunks_of
from ..services import Fallback, iModel
from ..session import (
    Branch,
    InstructionContent,
    Message,
    Session,
)
from ..session._asked import CUT, OnCut, answer_cut, contents_of
from ..session.messages.utils import prepare_messages_for_chat

Send = Callable[[Sequence[Any]], Awaitable[None]]


@attrs.frozen
class Turn:
    """A question in the context of a branch, which need not be there before the commit."""

    session: Session
    branch: str | None
    """The branch's name; None keeps nothing, and asks without a history."""
    question: Message
    on_cut: OnCut = "raise"
    """The fate of a cut answer: ``raise`` raises `AnswerCut`, ``keep`` commits it with its verdict,
    ``discard`` commits nothing."""

    @classmethod
    def ask(
        cls,
        session: Session,
        branch: str | Branch | None,
        instruction: str,
        context: Iterable[str] = (),
        on_cut: OnCut = "raise",
    ) -> Self:
        """The turn that asks *instruction*, with *context* before it."""
        name = branch.name if isinstance(branch, Branch) else branch
        question = InstructionContent(instruction=instruction, context=context)
        return cls(session, name, Message(content=question), on_cut)

    def messages(self) -> list[dict[str, Any]]:
        """The messages for the model: the branch so far, then the question."""
        known = self.branch is not None and self.branch in self.session.branches
        history = self.session.history(self.branch) if known and self.branch is not None else []
        return prepare_messages_for_chat([*history, self.question])

    def to_commit(self, response: Response) -> list[Message]:
        """The messages to commit: the question and the answer, or none."""
        cut = response.verdict in CUT
        if cut and self.on_cut == "discard":
            return []
        contents = contents_of(response.message)
        return [self.question, *(Message(content=content) for content in contents)]


def commit(session: Session, branch: str, messages: Sequence[Message]) -> None:
    """Put *messages* at the end of *branch*, which is made if it is not there: all or none."""
    if not messages:
        return
    if branch not in session.branches:
        session.create_branch(name=branch)
    session.conversations.add_items(messages, [branch])


async def call(
    model: iModel | Fallback,
    turn: Turn,
    options: Mapping[str, Any],
    send: Send | None = None,
) -> Response:
    """The whole response.  Its chunks go to *send* as they come, where the model streams.

    :raises AnswerCut: the answer was cut, and ``on_cut`` is ``raise``.
    """
    if model.streaming:
        async with model.stream(turn.messages(), **options) as reply:
            async for batch in reply.batches(FAIR_SHARE):
                if send is not None:
                    await send(batch)
            response = reply.response
    else:
        response = await model.complete(turn.messages(), **options)
        if send is not None:
            await send(chunks_of(response))
    if response.verdict in CUT and turn.on_cut == "raise":
        raise answer_cut(model, response)
    return response
