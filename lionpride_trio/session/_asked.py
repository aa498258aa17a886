"""``session.ask``: a turn of a conversation as a stream, committed when it has ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import attrs
import trio

from .._assistant import AssistantResponseContent, answer_of, text_of_parts
from .._channels._nursery import LateFailures
from .._channels._source import Owner, Source
from .._chunks import Chunk, Verdict
from .._errors import AnswerCut, ConfigurationError, LocalProtocolError
from .._media import MediaPart
from .._parts import Part, ToolCall, ToolResult
from .._response import Response
from ..services import Fallback, iModel
from ..services._conversation import Conversation, Plan
from ..services._converse import plan_conversation, run_conversation
from ..tools import Tool
from ._branch import Branch
from .messages import (
    ActionRequestContent,
    ActionResponseContent,
    Content,
    InstructionContent,
    Message,
)
from .messages.utils import prepare_messages_for_chat

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
    if on_cut not in get_args(OnCut):
        raise ConfigurationError(f"on_cut must be 'raise', 'keep' or 'discard', not {on_cut!r}")


def message_of(
    asked: Asked, context: Iterable[str] = (), attachments: Iterable[MediaPart] = ()
) -> Message:
    """The question as a message.

    :raises TypeError: it is none.
    """
    if isinstance(asked, Message):
        return asked
    if isinstance(asked, InstructionContent):
        return Message(content=asked)
    content = InstructionContent(instruction=asked, context=context, attachments=attachments)
    return Message(content=content)


class AskedTurn(Conversation):
    """The channel of a turn.  What it says is committed when its end is seen."""

    def __init__(
        self, plan: Plan, late: LateFailures, on_cut: OnCut, commit: Callable[[AskedTurn], None]
    ) -> None:
        super().__init__(plan, late)
        self._on_cut = on_cut
        self._commit: Callable[[AskedTurn], None] | None = commit

    @property
    def is_kept(self) -> bool:
        """Whether a turn that ended like this one is committed."""
        return self._on_cut != "discard" or self.response.verdict not in CUT

    @property
    def says_anything(self) -> bool:
        """Whether a text, a medium or a result came: thoughts alone are no answer, and no API takes them alone."""
        return any(
            isinstance(told, ToolResult)
            or told.assistant_response
            or any(isinstance(part, MediaPart) for part in told.parts)
            for told in self.messages
        )

    async def _go_on(self, nursery: trio.Nursery) -> None:
        await super()._go_on(nursery)
        response = self.response
        if response.verdict in CUT and self._on_cut == "raise":
            raise answer_cut(self._plan.model, response)

    async def _wait(self) -> None:
        try:
            await super()._wait()
        except trio.EndOfChannel:
            commit, self._commit = self._commit, None
            if commit is not None and self.is_kept:
                commit(self)
            raise

    def _noun(self) -> str:
        return "turn"


class AskSource(Source[Chunk]):
    """A cold turn: ``async with source as reply`` asks the model."""

    async def __aenter__(self) -> AskedTurn:
        channel = await super().__aenter__()
        assert isinstance(channel, AskedTurn)
        return channel

    def _how_to_use(self) -> str:
        return "a turn is iterated: write 'async with session.ask(…) as reply: async for chunk in reply'"


def ask_source(
    session: Session,
    branch: str | Branch,
    question: Message,
    model: iModel | Fallback,
    *,
    tools: Iterable[Tool[..., Any]],
    on_cut: OnCut,
    options: Mapping[str, Any],
    turns: dict[str, trio.Lock],
    owner: Callable[[], Owner | None],
) -> AskSource:
    """The source of a turn; see `Session.ask`.  *turns* has the turns that are open, by branch."""
    check_on_cut(on_cut)
    name = branch.name if isinstance(branch, Branch) else branch
    several = list(tools)
    settings = {key: options[key] for key in _SETTINGS & options.keys()}
    rest = {key: value for key, value in options.items() if key not in _SETTINGS}

    def plan() -> Plan:
        known = session.history(name) if name in session.branches else []
        asked = prepare_messages_for_chat([*known, question])
        made = plan_conversation(model, asked, tools=several, options=rest, **settings)()
        # Without tools a turn is one call; what pauses it, or calls, is for who asked.
        return made if several else attrs.evolve(made, goes_on=frozenset[Verdict]())

    plan()  # a mistake is told where it was made

    def commit(turn: AskedTurn) -> None:
        if turn.response.verdict is Verdict.STOPPED and not turn.says_anything:
            return
        contents = [content for told in turn.messages for content in contents_of(told)]
        messages = [question, *(Message(content=content) for content in contents)]
        if name not in session.branches:
            session.create_branch(name=name)
        session.conversations.add_items(messages, [name])

    @asynccontextmanager
    async def open_turn() -> AsyncGenerator[AskedTurn]:
        async with _turn_of(turns, name):
            made = plan()
            async with run_conversation(lambda late: AskedTurn(made, late, on_cut, commit)) as turn:
                yield turn

    def opened() -> AbstractAsyncContextManager[AskedTurn]:
        return open_turn()

    return AskSource(opened, owner=owner, name="turn", opens_once=True)


_SETTINGS: Final = frozenset([
    "approve",
    "max_turns",
    "on_error",
    "start",
    "tool_limit",
    "tool_timeout",
])
"""Options of `iModel.converse` that are none of a call."""


@asynccontextmanager
async def _turn_of(turns: dict[str, trio.Lock], name: str) -> AsyncGenerator[None]:
    """Wait for the turn that is open on the branch.

    :raises LocalProtocolError: the calling task has it open itself, and would wait for ever.
    """
    lock = turns.setdefault(name, trio.Lock())
    if lock.statistics().owner is trio.lowlevel.current_task():
        raise LocalProtocolError(
            f"this task has a turn open on branch {name!r}: leave its block before the next ask"
        )
    async with lock:
        yield


def contents_of(told: AssistantResponseContent | ToolResult) -> list[Content]:
    """What a turn says, as contents of messages: its calls are contents of their own, in order.

    What stands before a call is one content, so that all goes back as it came.
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


def answer_cut(model: Any, response: Response) -> AnswerCut:
    """The error of an answer that is not whole."""
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
