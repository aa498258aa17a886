"""``model.converse``: what it takes, checked, and the source that it gives."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final, get_args

import trio

from .._channels._nursery import LateFailures, open_pump_nursery
from .._channels._source import Owner, Source
from .._checks import check_awaited, check_seconds, check_size, check_word
from .._chunks import Chunk
from .._errors import ConfigurationError
from .._observer import begin_story, is_observed, outcome_of
from .._observer._events import TurnFinished, TurnStarted
from ..tools import Tool, Toolbox
from ._conversation import Conversation
from ._messages import Messages
from ._plan import AsksModel, Plan, Start
from ._tool_calls import Approve, OnError, ToolRules
from ._turn import Ends, OneCall, Turn
from ._typed import typed_call

_NOT_FORCED: Final = (None, "auto", "none")
"""Choices of a tool that may stand in every call.  A model that must call one would call for ever."""


class TurnSource(Source[Chunk]):
    """A cold turn: ``async with source as reply`` asks the model."""

    async def __aenter__(self) -> Turn:
        channel = await super().__aenter__()
        assert isinstance(channel, Turn)
        return channel

    def _how_to_use(self) -> str:
        return (
            f"a {self._name} is iterated: write 'async with … as reply: async for chunk in reply';"
            " reply.response is its answer"
        )


def plan_conversation(
    model: AsksModel,
    messages: Messages,
    *,
    tools: Iterable[Tool[..., Any]],
    options: Mapping[str, Any],
    max_turns: int = 8,
    tool_limit: int = 4,
    start: Start = "early",
    on_error: OnError = "tell",
    approve: Approve | None = None,
    tool_timeout: float | None = None,
    output: Any = None,
) -> Plan:
    """The plan of a conversation, which is opened once; see `iModel.converse`.

    :raises ConfigurationError: something of it cannot be; before any connection.
    """
    toolbox = tools if isinstance(tools, Toolbox) else Toolbox(tools)
    check_size("max_turns", max_turns)
    check_size("tool_limit", tool_limit)
    check_word("start", start, get_args(Start))
    check_word("on_error", on_error, get_args(OnError))
    if approve is not None:
        check_awaited("approve=", "function", approve, "leave it out to approve of every call")
    if tool_timeout is not None:
        check_seconds("tool_timeout", tool_timeout)
    given = {**options, **({"tools": toolbox} if len(toolbox) else {})}
    later = given if given.get("tool_choice") in _NOT_FORCED else {**given, "tool_choice": None}
    asked = [{"role": "user", "content": messages}] if isinstance(messages, str) else list(messages)
    typed = typed_call(output)
    if typed is not None and any(tool.name == typed.answer.name for tool in toolbox):
        raise ConfigurationError(
            f"a tool has the name of the answer's type, {typed.answer.name!r}: give it another one,"
            " @tool(name=…)"
        )
    rules = ToolRules(
        toolbox=toolbox,
        limit=trio.CapacityLimiter(tool_limit),
        on_error=on_error,
        approve=approve,
        timeout=tool_timeout,
    )
    return Plan(
        model=model,
        first=model.stream(asked, output=output, **given),
        asked=asked,
        options=given,
        later_options=later,
        max_turns=max_turns,
        start=start,
        rules=rules,
        typed=typed,
    )


def open_turn(plan: Plan, ends: Ends, *, waits: bool = False) -> AbstractAsyncContextManager[Turn]:
    """A turn that runs as long as the block; *ends* is called when its last chunk was handed out.

    Where it *waits*, its opening may wait for the first content, as a reply's does: that costs no task, and
    the slot of the model is held by the task of the block, which a flow lends.
    """
    if plan.goes_on or not plan.model.streaming:
        block = _run_conversation(plan, ends)
    else:
        block = _open_one_call(plan, ends) if waits else _hold_one_call(plan, ends)
    return _tell_turn(plan, block) if is_observed(*plan.listeners) else block


@asynccontextmanager
async def _tell_turn(plan: Plan, block: AbstractAsyncContextManager[Turn]) -> AsyncGenerator[Turn]:
    """The turn of *block*, told to the plan's observers: it ends after all its calls and tools."""
    story = begin_story(*plan.listeners, **plan.model._where())  # ruff: ignore[private-member-access] - of one house
    if story is None:  # all were dropped
        async with block as turn:
            yield turn
        return
    story.tell(TurnStarted, tools=tuple(tool.name for tool in plan.rules.toolbox))
    opened: Turn | None = None
    error: BaseException | None = None
    try:
        async with AsyncExitStack() as stack:
            # The tasks of the turn begin in here, and with them its calls and tools; no code of the reader's.
            with story.around():
                opened = await stack.enter_async_context(block)
            yield opened
    except BaseException as raised:
        error = raised
        raise
    finally:
        if opened is None:
            outcome, failure = outcome_of(error)
            story.end(
                TurnFinished, outcome=outcome, error=failure, verdict=None, usage=None, calls=0
            )
        else:
            story.end(TurnFinished, **opened._how_it_ended(error))  # ruff: ignore[private-member-access] - the same


@asynccontextmanager
async def _run_conversation(plan: Plan, ends: Ends) -> AsyncGenerator[Turn]:
    with LateFailures() as late:
        conversation = Conversation(plan, ends, late)
        async with open_pump_nursery() as nursery:
            nursery.start_soon(conversation.run, name="conversation")
            yield conversation


@asynccontextmanager
async def _open_one_call(plan: Plan, ends: Ends) -> AsyncGenerator[Turn]:
    async with plan.first as reply:
        yield OneCall(plan, ends, reply)


@asynccontextmanager
async def _hold_one_call(plan: Plan, ends: Ends) -> AsyncGenerator[Turn]:
    call = OneCall(plan, ends)
    async with open_pump_nursery() as nursery:
        nursery.start_soon(call.hold, name="turn")
        yield call


def source_of_conversation(plan: Plan, owner: Callable[[], Owner | None]) -> TurnSource:
    """The source of a conversation that goes by *plan*."""
    return TurnSource(
        lambda: open_turn(plan, Turn.read_output),
        owner=owner,
        name="conversation",
        opens_once=True,
    )
