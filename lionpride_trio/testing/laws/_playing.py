"""A conversation with a scripted model, played once, and what was seen of it from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import attrs
import trio

from ..._chunks import Chunk
from ..._errors import ConfigurationError
from ...providers._messages import checked
from ...services import Retry, iModel
from ...services._messages import plain_messages
from ...tools import Tool
from ..fakes import ScriptedProvider
from ..fakes._answers import Script
from ._broken import LawBroken, shown

Make: TypeAlias = Callable[[iModel, Sequence[Tool[..., Any]]], AbstractAsyncContextManager[Any]]
"""Makes a conversation with a model that has tools: a source, or a block that gives a channel of chunks."""
Kept: TypeAlias = Callable[[], int]

_QUIET = Retry(attempts=3, wait_initial=0.1, wait_jitter=0.0)


@attrs.define
class Runs:
    """The calls of tools that were begun, and how many of them run."""

    begun: Counter[tuple[str, str]] = attrs.Factory(Counter[tuple[str, str]])
    running: int = 0

    def watch(self, tool: Tool[..., Any]) -> Tool[..., Any]:
        """A tool that does the same, and is counted."""
        fields = {str(field.alias): getattr(tool, field.name) for field in attrs.fields(Tool)}
        return _WatchedTool(runs=self, **fields)


@attrs.frozen(eq=False, repr=False, kw_only=True)
class _WatchedTool(Tool[..., Any]):
    runs: Runs

    async def call(self, arguments: str | Mapping[str, Any], *, on_piece: Any = None) -> Any:
        self.runs.begun[self.name, str(arguments)] += 1
        self.runs.running += 1
        try:
            return await super().call(arguments, on_piece=on_piece)
        finally:
            self.runs.running -= 1


@attrs.define(eq=False)
class Play:
    """One run of a conversation, as far as it came."""

    make: Make
    script: Sequence[Script]
    tools: Iterable[Tool[..., Any]]
    streaming: bool
    kept: Kept
    chunks: list[Chunk] = attrs.Factory(list[Chunk])
    reply: Any = None
    runs: Runs = attrs.Factory(Runs)
    commits: int = 0
    """How many messages it has committed."""
    provider: ScriptedProvider = attrs.field(
        init=False,
        default=attrs.Factory(lambda play: ScriptedProvider(*play.script), takes_self=True),
    )

    async def go(self, most: int | None = None) -> None:
        """Read the whole conversation, or *most* of its chunks; then nothing of it may be left."""
        model = self.provider.model(stream=self.streaming, retry=_QUIET)
        source = self.make(model, [self.runs.watch(tool) for tool in self.tools])
        before = self.kept()
        living = trio.lowlevel.current_statistics().tasks_living
        try:
            async with source as self.reply:
                _check_is_conversation(self.reply)
                while most is None or len(self.chunks) < most:
                    try:
                        self.chunks.append(await self.reply.receive())
                    except trio.EndOfChannel:
                        break
        finally:
            self.commits = self.kept() - before
            left = trio.lowlevel.current_statistics().tasks_living - living
            if self.runs.running or self.provider.http_client.open or left > 0:
                raise LawBroken(
                    "structured",
                    f"its block ended and left {self.runs.running} tools that run,"
                    f" {self.provider.http_client.open} open answers of the model and {left} tasks",
                )

    def asked(self) -> list[list[dict[str, Any]]]:
        """The messages of each call of the model that was answered, in one form.

        The script may go on, where a conversation was left.
        """
        calls = [
            call["messages"]
            for call, answer in zip(self.provider.calls, self.script, strict=False)
            if not isinstance(answer, Exception)
        ]
        return [checked(messages) for messages in calls]

    def told(self) -> list[dict[str, Any]]:
        """The messages of the conversation after the question, in one form."""
        messages = self.reply.messages
        try:
            return checked(plain_messages(messages)) if messages else []
        except Exception as error:
            raise LawBroken(
                "it goes on", f"its messages cannot be sent: {error!r}; they are {shown(messages)}"
            ) from error


def _check_is_conversation(channel: object) -> None:
    missing = [n for n in ("receive", "messages", "response") if not hasattr(channel, n)]
    if missing:
        raise ConfigurationError(
            f"make= gives a conversation, whose channel has {' and '.join(missing)}, such as"
            f" model.converse(…), not {channel!r:.200}"
        )
