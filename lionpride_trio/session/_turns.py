"""The rules of turns: how questions and answers become messages, and when they are committed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from .._assistant import AssistantResponseContent, answer_of, text_of_parts
from .._checks import check_word
from .._chunks import Verdict
from .._errors import AnswerCut, ConfigurationError, LocalProtocolError
from .._media import MediaPart
from .._parts import Part, ToolCall, ToolResult
from .._response import Response
from ..services._plan import AsksModel
from ._open_turns import BranchTurns
from .messages import (
    ActionRequestContent,
    ActionResponseContent,
    Content,
    InstructionContent,
    Message,
)

if TYPE_CHECKING:
    from ._session import Session

OnCut: TypeAlias = Literal["raise", "keep", "discard"]
Asked: TypeAlias = str | InstructionContent | Message

CUT: Final = frozenset({Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED, Verdict.PAUSED})
"""The verdicts of answers that are not whole.  One that ended for a reason that this library does
not know (UNKNOWN) is: its provider's end mark has come."""


def check_on_cut(on_cut: str) -> None:
    """Refuse what says nothing about cut answers.

    :raises ConfigurationError: it is none of the three words.
    """
    check_word("on_cut", on_cut, get_args(OnCut))


def message_of(
    asked: Asked, context: Iterable[str] = (), attachments: Iterable[MediaPart] = ()
) -> Message:
    """The question as a message.

    :raises ConfigurationError: *context* or *attachments* stand beside a question that has its own.
    :raises TypeError: it is none.
    """
    if isinstance(asked, Message | InstructionContent) and (context or attachments):
        raise ConfigurationError(
            "context= and attachments= go with a question that is a text: put them into the"
            " InstructionContent"
        )
    if isinstance(asked, Message):
        return asked
    if isinstance(asked, InstructionContent):
        return Message(content=asked)
    content = InstructionContent(instruction=asked, context=context, attachments=attachments)
    return Message(content=content)


def contents_of(told: AssistantResponseContent | ToolResult) -> list[Content]:
    """One message of a turn as contents: its calls are contents of their own, in order.

    The parts before a call are one content, so that all goes back as it came.
    """
    if isinstance(told, ToolResult):
        return [
            ActionResponseContent(
                output=told.output, function=told.name, call_id=told.call_id, is_error=told.is_error
            )
        ]
    contents: list[Content] = []
    said: list[Part] = []

    def answer() -> AssistantResponseContent:
        text = text_of_parts(said) or ("" if contents else told.assistant_response)
        return answer_of(said, text, verdict=told.verdict, usage=told.usage, model=told.model)

    calls = [part for part in told.parts if isinstance(part, ToolCall)]
    if not calls:
        return [told]
    for part in told.parts:
        if not isinstance(part, ToolCall):
            said.append(part)
            continue
        if said:
            contents.append(answer())
        contents.append(
            ActionRequestContent(
                function=part.name,
                arguments=part.arguments,
                call_id=part.id,
                signature=part.signature,
                native=part.native,
            )
        )
        said = []
    if said:
        contents.append(answer())
    return contents


def answer_cut(model: AsksModel, response: Response) -> AnswerCut:
    """The error of an answer that is not whole."""
    word = response.verdict.value
    reason = f" ({response.finish_reason!r:.100})" if response.finish_reason else ""
    return AnswerCut(
        f"the answer ended as {word}{reason}, so the turn was not committed; error.partial has"
        " what came, on_cut='keep' keeps such turns and on_cut='discard' gives their text alone",
        verdict=response.verdict,
        partial=response,
        **model._where(),  # ruff: ignore[private-member-access] - of one house
    )


@asynccontextmanager
async def branch_of_turn(
    session: Session, turns: dict[str, BranchTurns], branch: str | None
) -> AsyncGenerator[Callable[[], str]]:
    """A block in which no other turn is on *branch*; gives the name of the branch to commit to.

    Without *branch* it is a new one, whose name is found when it is asked for.

    :raises LocalProtocolError: a turn on it is open around the calling task, which would wait for ever.
    """
    if branch is None:
        with session.conversations.hold_name() as name:
            yield name
        return
    on_branch = turns.setdefault(branch, BranchTurns())
    if on_branch.would_wait_for_itself():
        raise LocalProtocolError(
            f"this task is inside a turn on branch {branch!r}: leave its block before the next ask; what runs"
            " inside a turn, as its tools do, asks on another branch"
        )
    async with on_branch.turn():
        yield lambda: branch


def commit(session: Session, branch: str, messages: Sequence[Message]) -> None:
    """Put *messages* at the end of *branch*, which is made if it is not there: all or none."""
    if not messages:
        return
    session.conversations.check_ids(messages)
    if branch not in session.branches:
        session.create_branch(name=branch)
    session.conversations.add_items(messages, [branch])


def commit_again(
    session: Session, branch: str, messages: Sequence[Message], *, is_new_branch: bool
) -> None:
    """Commit what was committed to *branch* in another process, unless this session has it already.

    A turn on a branch of its own, which had no name, takes the name that it had, or another that is free.
    """
    new = [message for message in messages if message.id not in session.messages]
    if new and is_new_branch and branch in session.branches:
        branch = session.conversations.free_name("branch")
    commit(session, branch, new)


def messages_of(
    question: Message, told: Iterable[AssistantResponseContent | ToolResult]
) -> list[Message]:
    """A turn as messages: the question, and what was *told* on it."""
    contents = (content for one in told for content in contents_of(one))
    return [question, *(Message(content=content) for content in contents)]
