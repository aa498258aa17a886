"""``chat``: one conversation, line by line."""

from __future__ import annotations

import signal
import sys
from typing import Any

import attrs
import trio

from .. import LionprideError, Response, Session, iModel
from .._channels._nursery import open_pump_nursery
from .._text import escape_controls
from ..operations._turn import CUT, Turn, commit
from ..session import Branch
from ._lines import Lines


@attrs.define
class _Conversation:
    session: Session
    model: iModel
    branch: Branch
    answering: trio.CancelScope | None = None
    """Open while an answer is streamed."""
    failed: bool = False
    """The last answer did not come."""

    async def answer(self, line: str) -> None:
        """Stream the answer to *line*, and keep both; what fails or is stopped leaves no trace."""
        turn = Turn.ask(self.session, self.branch, line, on_cut="keep")
        self.answering = trio.CancelScope()
        response: Response | None = None
        with self.answering:
            response = await self._stream(turn.messages())
            await trio.lowlevel.checkpoint()
        stopped = self.answering.cancelled_caught
        self.answering = None
        self.failed = response is None and not stopped
        if stopped:
            print("\n(stopped)", flush=True)
        elif response is not None:
            commit(self.session, self.branch.name, turn.kept(response))

    async def _stream(self, messages: list[dict[str, Any]]) -> Response | None:
        """Print the answer while it comes; None, and a line about it, when it fails.

        An answer that was cut says so: it is kept, with its verdict.
        """
        text = ""
        try:
            async with self.model.stream(messages) as reply:
                async for chunk in reply:
                    text += chunk.data
                    print(escape_controls(chunk.data), end="", flush=True)
        except LionprideError as error:
            print(end="\n" if text else "", flush=True)
            print("error:", " ".join(str(error).split()), file=sys.stderr)
            return None
        print(flush=True)
        response = reply.response
        if response.verdict in CUT:
            print(f"(the answer was cut: {response.verdict.value})", file=sys.stderr, flush=True)
        return response


async def talk(
    provider: str, model: str, *, base_url: str | None = None, system: str | None = None
) -> int:
    """Answer the lines of standard input until they end.  The exit code is that of the last answer."""
    asked = iModel(provider, model, base_url=base_url, stream=True)
    async with Session() as session, open_pump_nursery() as nursery:
        session.services.register(asked)
        branch = session.create_branch(name="chat", system=system)
        conversation = _Conversation(session, asked, branch)
        with trio.CancelScope() as everything:
            await nursery.start(_watch_interrupts, conversation, everything)
            await _converse(conversation)
    return int(conversation.failed)


async def _converse(conversation: _Conversation) -> None:
    lines = Lines(sys.stdin.fileno(), encoding=sys.stdin.encoding or "utf-8")
    interactive = sys.stdin.isatty()
    while True:
        if interactive:
            print("> ", end="", flush=True)
        line = await lines.next_line()
        if line is None:
            break
        if line.strip():
            await conversation.answer(line)
    if interactive:
        print()


async def _watch_interrupts(
    conversation: _Conversation,
    everything: trio.CancelScope,
    *,
    task_status: trio.TaskStatus[None],
) -> None:
    """Ctrl-C stops the answer that is streamed; with none, it leaves."""
    with trio.open_signal_receiver(signal.SIGINT) as signals:
        task_status.started()
        async for _ in signals:
            if conversation.answering is None:
                print()
                everything.cancel()
            else:
                conversation.answering.cancel()
