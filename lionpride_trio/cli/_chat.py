"""``chat``: a conversation at a terminal; what is piped in is one question."""

from __future__ import annotations

import signal
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

import attrs
import trio

from .. import LionprideError, Response
from .._channels._nursery import open_pump_nursery
from .._safe_text import replace_lone_surrogates
from . import _slash
from ._ask import ask_piped
from ._conversation import Conversation, Shown, how_it_ended, question
from ._editor import Interrupted, LineEditor, open_history
from ._errors import words_of
from ._kept import open_conversation, save_conversation
from ._keys import keys_kept_for_later
from ._model import open_model
from ._screen import AnswerText, note
from ._stdin import has_piped_input

LEAVING: Final = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
"""Signals that end the chat, with the terminal put back as it was."""


async def talk(
    provider: str | None,
    model: str,
    *,
    base_url: str | None = None,
    system: str | None = None,
    save: str | None = None,
    resume: str | None = None,
    history: bool = True,
) -> int:
    """Answer what is typed until Ctrl-D, or the one question that is piped in."""
    asked = open_model(provider, model, base_url)
    opened = open_conversation(save=save, resume=resume, system=system)
    if has_piped_input():
        return await ask_piped(opened, asked, save)
    async with opened.session as session:
        conversation = Conversation.begin(session, opened.branch, asked, base_url)
        note(f"{conversation.model_name} answers. /help lists what you can write, Ctrl-D ends.")
        if opened.path is not None:
            note(f"(going on with {opened.path}: {len(opened.branch)} messages)")
        editor = LineEditor(open_history(keep=history), list(_slash.COMMANDS))
        return await _Chat(conversation, editor, save, save or opened.path).run()


@attrs.define
class _Chat:
    """Answers each line that is typed."""

    conversation: Conversation
    editor: LineEditor
    kept_in: str | None
    """The file that is written after each answer."""
    own_file: str | None
    """The file that ``/save`` writes without being told a name."""
    status: int = 0

    async def run(self) -> int:
        """Take lines until their end, or a signal; the exit status."""
        async with open_pump_nursery() as nursery:
            with trio.CancelScope() as everything:
                await nursery.start(self._watch_signals, everything)
                while await self._next_line():
                    pass
        return self.status

    async def _next_line(self) -> bool:
        """Do what the next line says; whether there may be another."""
        try:
            text = await self.editor.next_question()
        except Interrupted:
            return True
        if text is None:
            return False
        text = replace_lone_surrogates(text)
        if not text.strip():
            return True
        try:
            line = _slash.read_line(text)
            if line is None:
                asked = question(text.strip().removeprefix("/") if text[:2] == "//" else text)
                await self._answer(partial(self.conversation.ask, asked))
                return True
            return await self._obey(line)
        except BrokenPipeError:
            raise
        except (LionprideError, OSError) as error:
            note(f"error: {words_of(error)}")
            return True

    async def _obey(self, line: _slash.Line) -> bool:
        """Do what a line with a slash says; whether there may be another."""
        match line.command:
            case "/help":
                _slash.show_help()
            case "/model":
                _slash.change_model(self.conversation, line.argument)
            case "/system":
                _slash.change_system(self.conversation, line.argument)
                await self._keep()
            case "/save":
                path = await _slash.save_now(self.conversation, line.argument, self.own_file)
                self.kept_in = self.own_file = path
            case "/retry":
                await self._answer(self.conversation.ask_again)
            case _:
                return False
        return True

    async def _answer(self, ask: Callable[[Shown], Awaitable[Response | None]]) -> None:
        """Show what comes, how it ended, and write the conversation down."""
        shown = AnswerText(sys.stdout)
        with keys_kept_for_later():
            try:
                response = await ask(shown)
            finally:
                await shown.end()
        if self.conversation.was_stopped:
            note("(stopped)")
        elif response is not None and (ending := how_it_ended(response)) is not None:
            note(f"({ending})")
        if response is not None:
            await self._keep()

    async def _keep(self) -> None:
        if self.kept_in is not None:
            await save_conversation(self.conversation.session, self.kept_in)

    async def _watch_signals(
        self, everything: trio.CancelScope, *, task_status: trio.TaskStatus[None]
    ) -> None:
        """Ctrl-C stops the answer that comes; with none, it gives up what is being typed."""
        with trio.open_signal_receiver(signal.SIGINT, *LEAVING) as signals:
            task_status.started()
            async for number in signals:
                if number != signal.SIGINT:
                    self.status = 128 + number
                    everything.cancel()
                elif not self.conversation.stop():
                    self.editor.interrupt()
