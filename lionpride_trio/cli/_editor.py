"""The line that a question is typed on: editing, history, pasting, and what keys mean there.

prompt_toolkit runs on asyncio, so each question is read in a thread with a loop of its own.  The
thread is never left behind, because it has the terminal in a mode of its own: cancelling the task,
or `LineEditor.interrupt`, tells its loop to end, and it puts the terminal back.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import trio
from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.shortcuts import CompleteStyle

from .._channels._nursery import open_pump_nursery

PROMPT: Final = "> "
MORE: Final = "· "
"""Stands before the further lines of a question."""


class Interrupted(Exception):
    """Ctrl-C was pressed: the question is not to be asked."""


class LineEditor:
    """Reads questions from the terminal, one at a time."""

    def __init__(
        self, history: History, commands: Sequence[str], *, output: Output | None = None
    ) -> None:
        self._session: PromptSession[str] = PromptSession(
            PROMPT,
            multiline=True,
            prompt_continuation=MORE,
            history=history,
            key_bindings=_key_bindings(),
            completer=WordCompleter(list(commands), sentence=True),
            complete_while_typing=False,
            complete_style=CompleteStyle.READLINE_LIKE,
            reserve_space_for_menu=0,
            interrupt_exception=Interrupted,
            # Answers may go into a file: what is typed is not one of them.
            output=output or create_output(always_prefer_tty=True),
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_over = False

    async def next_question(self) -> str | None:
        """The next question, of one line or several; None at the end of input.

        :raises Interrupted: Ctrl-C was pressed.
        """
        self._is_over = False
        async with open_pump_nursery() as nursery:
            nursery.start_soon(self._interrupt_when_cancelled)
            try:
                return await trio.to_thread.run_sync(self._prompt)
            except EOFError:
                return None
            except Interrupted:
                pass
            await trio.lowlevel.checkpoint_if_cancelled()
            raise Interrupted

    def interrupt(self) -> None:
        """Give the question up that is being read, as Ctrl-C does.  May be called when none is."""
        self._is_over = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just been closed
                self._loop.call_soon_threadsafe(self._exit)

    async def _interrupt_when_cancelled(self) -> None:
        try:
            await trio.sleep_forever()
        finally:
            self.interrupt()

    def _prompt(self) -> str:
        """Read a question; runs in a thread."""
        try:
            return self._session.prompt(pre_run=self._began, in_thread=False)
        finally:
            self._loop = None

    def _began(self) -> None:
        self._loop = asyncio.get_running_loop()
        if self._is_over:  # already, before there was a loop to tell
            self._exit()

    def _exit(self) -> None:
        app = self._session.app
        if app.is_running and not app.is_done:
            app.exit(exception=Interrupted())


def _key_bindings() -> KeyBindings:
    """Enter asks; Alt-Enter, or Enter after a backslash, begins another line."""
    bindings = KeyBindings()

    @bindings.add("enter")
    def _ask(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.current_line_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    @bindings.add("escape", "enter")
    def _begin_line(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    return bindings


def open_history(*, keep: bool) -> History:
    """The questions of before, which only their owner can read; in memory where no file can be kept."""
    if not keep:
        return InMemoryHistory()
    path = history_path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(path))


def history_path() -> Path:
    """The file of the questions, in the folder that the platform has for such things."""
    if sys.platform == "win32":
        state = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "lionpride-trio" / "history"
