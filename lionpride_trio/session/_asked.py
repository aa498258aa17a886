"""``session.ask``: a turn of a conversation as a stream, committed when it has ended."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import attrs

from .._channels._source import Owner
from .._chunks import Verdict
from .._media import MediaPart
from .._observer import Listeners
from .._parts import ToolResult
from ..services import Fallback, iModel
from ..services._converse import TurnSource, open_turn, plan_conversation
from ..services._plan import Plan
from ..services._turn import Turn
from ..tools import Toolbox
from ._open_turns import BranchTurns
from ._turns import CUT, OnCut, answer_cut, branch_of_turn, check_on_cut, commit, messages_of
from .messages import Message
from .messages.utils import prepare_messages_for_chat

if TYPE_CHECKING:
    from ._session import Session

SETTINGS: Final = frozenset([
    "approve",
    "max_turns",
    "on_error",
    "output",
    "start",
    "tool_limit",
    "tool_timeout",
])
"""Options of `iModel.converse` that are none of a call."""


@attrs.frozen(kw_only=True)
class Asking:
    """A turn that is to be asked; see `Session.ask`."""

    session: Session
    branch: str | None
    """None asks without a history, and commits to a new branch."""
    question: Message
    model: iModel | Fallback
    tools: Toolbox
    on_cut: OnCut = "raise"
    options: Mapping[str, Any]
    turns: dict[str, BranchTurns]
    """The turns that are open in the session, by branch."""
    observers: Listeners = ()
    """Those of the session."""

    def plan(self) -> Plan:
        """The plan of the turn, in the context of the branch as it is now.

        :raises ConfigurationError: something of it cannot be.
        """
        check_on_cut(self.on_cut)
        # Found out when the turn is committed, it would lose an answer that was paid for.
        self.session.conversations.check_ids([self.question])
        known = self.branch is not None and self.branch in self.session.branches
        history = self.session.history(self.branch) if known and self.branch is not None else []
        settings = {key: self.options[key] for key in SETTINGS & self.options.keys()}
        rest = {key: value for key, value in self.options.items() if key not in SETTINGS}
        asked = prepare_messages_for_chat([*history, self.question])
        plan = plan_conversation(self.model, asked, tools=self.tools, options=rest, **settings)
        plan = attrs.evolve(plan, observers=self.observers)
        # Without tools a turn is one call; what pauses it, or calls, is for who asked.
        return plan if len(self.tools) else attrs.evolve(plan, goes_on=frozenset[Verdict]())

    def source(self, owner: Callable[[], Owner | None]) -> TurnSource:
        """The source of the turn, which *owner* owns where it is iterated without a block."""
        return TurnSource(self.open, owner=owner, name="turn", opens_once=True)

    @asynccontextmanager
    async def open(
        self, *, waits: bool = False, committed: Callable[[str, list[Message]], None] | None = None
    ) -> AsyncGenerator[Turn]:
        """The turn, after the other turns on its branch; see `open_turn`.

        *committed* is told the branch and the messages, when they have been committed.

        :raises LocalProtocolError: another turn on the branch is open around the calling task.
        """

        def keep(messages: list[Message]) -> None:
            name = branch_name()
            commit(self.session, name, messages)
            if committed is not None:
                committed(name, messages)

        async with (
            branch_of_turn(self.session, self.turns, self.branch) as branch_name,
            self.run(keep, waits=waits) as turn,
        ):
            yield turn

    def run(
        self, keep: Callable[[list[Message]], None], *, waits: bool = True
    ) -> AbstractAsyncContextManager[Turn]:
        """The turn, which gives its messages to *keep* when its end has been read.

        Other turns on the branch are not waited for.
        """

        def end(turn: Turn) -> None:
            verdict = turn.response.verdict
            if verdict not in CUT:
                turn.read_output()
            elif self.on_cut == "raise":
                raise answer_cut(self.model, turn.response)
            if is_kept(turn, self.on_cut):
                keep(messages_of(self.question, turn.messages))

        return open_turn(self.plan(), end, waits=waits)


def is_kept(turn: Turn, on_cut: OnCut) -> bool:
    """Whether a turn that ended like this one is committed."""
    verdict = turn.response.verdict
    if verdict is Verdict.STOPPED:
        # Thoughts alone are no answer, and no API takes them alone.
        return any(
            isinstance(told, ToolResult)
            or told.assistant_response
            or any(isinstance(part, MediaPart) for part in told.parts)
            for told in turn.messages
        )
    return on_cut != "discard" or verdict not in CUT
