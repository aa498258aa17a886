"""Running the calls that a model makes in one turn: approved, limited, timed, and told about.

Each call is a task of the conversation's nursery.  Its result is kept by its id, and told as a
`ToolResultChunk`.  A failure of a tool is a result too, unless the conversation raises it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeAlias, cast

import attrs
import trio

from .._checks import check_gives_awaitable
from .._chunks import Chunk, ToolResultChunk
from .._errors import ConfigurationError, ToolArgumentsInvalid, ToolError, UnknownTool
from .._observer import begin_story, is_observed, tell_block
from .._observer._events import ToolFinished, ToolStarted
from .._parts import ToolCall, ToolResult
from .._safe_text import MAX_ERROR_TEXT, shorten
from ..tools import Tool, Toolbox
from ..tools._running import OnPiece, run_in_time

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
    """Seconds for a tool that has no time of its own; the reader's are not counted."""


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
            tool = self._rules.toolbox.find(call.name)
        except UnknownTool as error:
            return self._failed(call, error)
        # Outside of what is told to the model: a failure of the program's own is none that a model could mend,
        # and its text may say what no model is to know.
        refusal = await self._refusal_of(call)
        if refusal is not None:
            return ToolResult(call.id, call.name, refusal, is_error=True)
        try:
            output = await self._output_of(tool, call)
        except Exception as error:
            return self._failed(call, error)
        return ToolResult(call.id, call.name, output)

    def _failed(self, call: ToolCall, error: Exception) -> ToolResult:
        """The result of a call that failed, where the model is told of it."""
        if self._rules.on_error == "raise":
            raise error
        return ToolResult(call.id, call.name, _text_of_failure(error), is_error=True)

    async def _output_of(self, tool: Tool[..., Any], call: ToolCall) -> Any:
        """The output of the call, as a model is told it."""

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

    async def _refusal_of(self, call: ToolCall) -> str | None:
        """What a model is told of a call that is not to be run; None where it is.

        :raises ConfigurationError: *approve* gave no answer.
        """
        approve = self._rules.approve
        if approve is None:
            return None
        given = approve(call)
        answer: object = await check_gives_awaitable("approve=", approve, given)
        if answer is True:
            return None
        if answer is not False and not isinstance(answer, str):
            raise ConfigurationError(
                f"approve gives True, False or the reason of a refusal as a str, not {answer!r:.200}"
            )
        reason = f": {answer}" if isinstance(answer, str) else ""
        return f"this call was refused{reason}"

    async def _call_in_time(
        self, tool: Tool[..., Any], call: ToolCall, piece: Callable[[object], Awaitable[None]]
    ) -> Any:
        seconds = self._rules.timeout
        if seconds is None or tool.timeout is not None:
            return await tool.call(call.arguments, on_piece=piece)

        async def run(on_piece: OnPiece | None) -> Any:
            return await tool.call(call.arguments, on_piece=on_piece)

        return await run_in_time(tool.name, seconds, run, piece)


def _text_of_failure(error: BaseException) -> str:
    """A failure as a model is told it: enough to try again otherwise, and never nothing.

    It is cut as an error's own text is: all of it would be paid for in each later turn.
    """
    return shorten(_reasons(error), MAX_ERROR_TEXT)


def _reasons(error: BaseException) -> str:
    # The text of a group, as of a nursery, has no reason in it.
    if isinstance(error, BaseExceptionGroup):
        reasons = map(_reasons, cast("BaseExceptionGroup[BaseException]", error).exceptions)
        return "; ".join(dict.fromkeys(reasons))
    text, kind = str(error), type(error).__name__
    if not text.strip():
        return kind
    written_for_it = isinstance(error, ToolArgumentsInvalid | ToolError | trio.TooSlowError)
    return text if written_for_it else f"{kind}: {text}"
