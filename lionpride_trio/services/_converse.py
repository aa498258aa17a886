"""``model.converse``: what it takes, checked, and the source that it gives."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, get_args

import trio

from .._channels._nursery import LateFailures, open_pump_nursery
from .._channels._source import Owner, Source
from .._checks import check_seconds, check_size
from .._chunks import Chunk
from .._errors import ConfigurationError
from ..tools import Tool, Toolbox
from ._conversation import AsksModel, Conversation, Plan, Start
from ._messages import Messages
from ._tool_calls import Approve, OnError, ToolRules

_NOT_FORCED: Final = ("auto", "none")


class ConversationSource(Source[Chunk]):
    """A cold conversation: ``async with source as reply`` asks the model."""

    async def __aenter__(self) -> Conversation:
        channel = await super().__aenter__()
        assert isinstance(channel, Conversation)
        return channel

    def _how_to_use(self) -> str:
        return (
            "a conversation is iterated: write 'async with … as reply: async for chunk in reply';"
            " reply.response is its answer"
        )


def converse(
    model: AsksModel,
    messages: Messages,
    *,
    tools: Iterable[Tool[..., Any]],
    owner: Callable[[], Owner | None],
    max_turns: int = 8,
    tool_limit: int = 4,
    start: Start = "early",
    on_error: OnError = "tell",
    approve: Approve | None = None,
    tool_timeout: float | None = None,
    options: Mapping[str, Any],
) -> ConversationSource:
    """The source of a conversation with *model*; see `iModel.converse`.

    :raises ConfigurationError: something of it cannot be; before any connection.
    """
    toolbox = tools if isinstance(tools, Toolbox) else Toolbox(tools)
    check_size("max_turns", max_turns)
    check_size("tool_limit", tool_limit)
    _check_word("start", start, get_args(Start))
    _check_word("on_error", on_error, get_args(OnError))
    if approve is not None and not callable(approve):
        raise ConfigurationError(
            f"approve= takes an async function of a call, not {approve!r:.200}"
        )
    if tool_timeout is not None:
        check_seconds("tool_timeout", tool_timeout)
    given = {**options, **({"tools": toolbox} if len(toolbox) else {})}
    choice = given.get("tool_choice")
    later = given if choice in _NOT_FORCED else {**given, "tool_choice": None}
    first = model.stream(messages, **given)
    asked = [{"role": "user", "content": messages}] if isinstance(messages, str) else list(messages)

    @asynccontextmanager
    async def open_conversation() -> AsyncGenerator[Conversation]:
        rules = ToolRules(
            toolbox=toolbox,
            limit=trio.CapacityLimiter(tool_limit),
            on_error=on_error,
            approve=approve,
            timeout=tool_timeout,
        )
        plan = Plan(
            model=model,
            first=first,
            asked=asked,
            options=given,
            later_options=later,
            max_turns=max_turns,
            start=start,
            rules=rules,
        )
        with LateFailures() as late:
            conversation = Conversation(plan, late)
            async with open_pump_nursery() as nursery:
                nursery.start_soon(conversation.run, name="conversation")
                yield conversation

    return ConversationSource(open_conversation, owner=owner, name="conversation", opens_once=True)


def _check_word(name: str, value: object, words: tuple[str, ...]) -> None:
    if value not in words:
        known = " or ".join(map(repr, words))
        raise ConfigurationError(f"{name} must be {known}, not {value!r:.200}")
