"""Running the calls that a model makes in one turn: approved, limited, timed, and told about.

Each call is a task of the conversation's nursery.  Its result is kept by its id, and told as a
`ToolResultChunk`.  A failure of a tool is a result too, unless the conversation raises it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias

import attrs
import trio

from .._chunks import Chunk, ToolResultChunk
from .._errors import ConfigurationError, ToolArgumentsInvalid, ToolError
from .._observer import begin_story, is_observed, tell_block
from .._observer._events import ToolFinished, ToolStarted
from .._parts import ToolCall, ToolResult
from ..tools import Tool, Toolbox

Approve: TypeAlias = Callable[[ToolCall], Awaitable[bool | str]]
OnError: TypeAlias = Literal["tell", "raise"]
Send: TypeAlias = Callable[[Sequence[Chunk]], Awaitable[None]]


@attrs.frozen(kw_only=True)
class ToolRules:
    """How the tools of a conversation are run."""

    toolbox: Toolbox
    limit: trio.CapacityLimiter
    on_error: OnError
    approve: Approve | None
    timeout: float | None
    """Seconds for a tool that has no time of its own."""


class ToolRuns:
    """The calls of one turn: those that run, and what they gave."""

    def __init__(
        self,
        rules: ToolRules,
        nursery: trio.Nursery,
        send: Send,
        fail: Callable[[Exception], None],
        turn: int,
    ) -> None:
        self._rules = rules
        self._nursery = nursery
        self._send = send
        self._fail = fail
        self._turn = turn
        self._begun: set[str] = set()
        self._running = 0
        self._idle = trio.Event()
        self._idle.set()
        self.results: dict[str, ToolResult] = {}
        """By the id of the call."""

    def start(self, call: ToolCall) -> None:
        """Run *call* in a task of the nursery, if it does not run already."""
        if call.id in self._begun:
            return
        self._begun.add(call.id)
        if not self._running:
            self._idle = trio.Event()
        self._running += 1
        # Names of tasks come into logs, and a name that only the model has said may be anything.
        known = any(tool.name == call.name for tool in self._rules.toolbox)
        self._nursery.start_soon(self._run, call, name=f"tool {call.name}" if known else "tool")

    async def wait(self) -> None:
        """Wait until no call runs."""
        await self._idle.wait()

    async def _run(self, call: ToolCall) -> None:
        try:
            result = await self._result_of(call)
        except Exception as error:
            self._fail(error)
            return  # `wait` goes on waiting: the failure cancels who waits there
        # Before it is sent, which may wait for the reader: a tool that has run must be told, or it runs again
        # in the next turn.
        self.results[call.id] = result
        chunk = ToolResultChunk(
            call_id=call.id,
            name=call.name,
            output=result.output,
            is_error=result.is_error,
            turn=self._turn,
        )
        await self._send([chunk])
        self._running -= 1
        if not self._running:
            self._idle.set()

    async def _result_of(self, call: ToolCall) -> ToolResult:
        try:
            output = await self._output_of(call)
        except _Refused as refusal:
            return ToolResult(call.id, call.name, str(refusal), is_error=True)
        except Exception as error:
            if self._rules.on_error == "raise":
                raise
            return ToolResult(call.id, call.name, _text_of_failure(error), is_error=True)
        return ToolResult(call.id, call.name, output)

    async def _output_of(self, call: ToolCall) -> Any:
        """The output of the call, as a model is told it."""
        tool = self._rules.toolbox.find(call.name)
        await self._ask_for_approval(call)

        async def piece(value: object) -> None:
            await self._send([
                ToolResultChunk(
                    call_id=call.id, name=call.name, output=value, last=False, turn=self._turn
                )
            ])

        async with self._rules.limit:
            story = begin_story() if is_observed() else None
            with tell_block(story, ToolStarted, ToolFinished, tool=tool.name):
                return tool.output_of(await self._call_in_time(tool, call, piece))

    async def _ask_for_approval(self, call: ToolCall) -> None:
        if self._rules.approve is None:
            return
        answer: object = await self._rules.approve(call)
        if answer is True:
            return
        if answer is not False and not isinstance(answer, str):
            raise ConfigurationError(
                f"approve gives True, False or the reason of a refusal as a str, not {answer!r:.200}"
            )
        reason = f": {answer}" if isinstance(answer, str) else ""
        raise _Refused(f"this call was refused{reason}")

    async def _call_in_time(
        self, tool: Tool[..., Any], call: ToolCall, piece: Callable[[object], Awaitable[None]]
    ) -> Any:
        seconds = self._rules.timeout
        if seconds is None or tool.timeout is not None:
            return await tool.call(call.arguments, on_piece=piece)
        with trio.move_on_after(seconds):
            return await tool.call(call.arguments, on_piece=piece)
        raise trio.TooSlowError(f"tool {tool.name!r} took longer than {seconds:g} s")


class _Refused(Exception):
    """The call is not to be run."""


def _text_of_failure(error: Exception) -> str:
    """A failure as a model is told it: enough to try again otherwise."""
    text = str(error)
    if isinstance(error, ToolArgumentsInvalid | ToolError | trio.TooSlowError):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
