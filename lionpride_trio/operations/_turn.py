"""One turn of a conversation: the question, the call, and the messages to commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Literal, Self, TypeAlias, get_args

import attrs

from .._channels._mailbox import FAIR_SHARE
from .._chunks import Verdict
from .._errors import AnswerCut, ConfigurationError
from .._response import Response, chunks_of
from ..services import Fallback, iModel
from ..session import (
    ActionRequestContent,
    AssistantResponseContent,
    Branch,
    InstructionContent,
    Message,
    Session,
)
from ..session.messages import Content
from ..session.messages.utils import prepare_messages_for_chat

Send = Callable[[Sequence[Any]], Awaitable[None]]
OnCut: TypeAlias = Literal["raise", "keep", "discard"]

CUT: Final = frozenset({Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED, Verdict.PAUSED})
"""The verdicts of answers that are not whole.  An answer that ended for a reason that this library
does not know (UNKNOWN) is whole: its provider's end mark has come."""


def check_on_cut(on_cut: str) -> None:
    """Refuse a value of ``on_cut`` that is none of the three words.

    :raises ConfigurationError: names the words.
    """
    if on_cut not in get_args(OnCut):
        raise ConfigurationError(f"on_cut must be 'raise', 'keep' or 'discard', not {on_cut!r}")


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
        calls: list[Content] = [
            ActionRequestContent(function=call.name, arguments=call.arguments, call_id=call.id)
            for call in response.tool_calls
            if not cut  # no API takes a call without its result, and this one gets none
        ]
        answer = AssistantResponseContent(
            assistant_response=response.text or response.refusal, verdict=response.verdict
        )
        # Providers refuse an empty text beside calls; but a cut turn has to show its verdict.
        silent = calls and not answer.assistant_response and not cut
        contents = calls if silent else [answer, *calls]
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
        raise _answer_cut(model, response)
    return response


def _answer_cut(model: iModel | Fallback, response: Response) -> AnswerCut:
    word = response.verdict.value
    reason = f" ({response.finish_reason!r:.100})" if response.finish_reason else ""
    return AnswerCut(
        f"the answer ended as {word}{reason}, so the turn was not committed; error.partial has"
        " what came, on_cut='keep' keeps such turns and on_cut='discard' gives their text alone",
        verdict=response.verdict,
        provider=model.provider.name if isinstance(model, iModel) else None,
        model=model.model if isinstance(model, iModel) else model.name,
        partial=response,
    )
