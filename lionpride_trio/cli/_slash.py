"""The commands of a chat: lines that begin with a slash."""

from __future__ import annotations

from typing import Final

import attrs

from .. import ConfigurationError
from .._hints import closest
from ._conversation import Conversation
from ._kept import check_new, check_place, save_conversation, set_system
from ._model import open_model, split_name
from ._screen import note

COMMANDS: Final = {
    "/help": ("", "shows this list"),
    "/save": ("FILE", "keeps the conversation in a file, now and after each answer"),
    "/model": ("PROVIDER/MODEL", "lets another model answer; by itself, says which does"),
    "/system": ("TEXT", "tells the model what to be like; without a text, nothing any more"),
    "/retry": ("", "asks the last question again, and replaces its answer"),
    "/quit": ("", "ends the chat, as Ctrl-D does"),
}
KEYS: Final = (
    "Enter asks. Alt-Enter, or a backslash at the end of a line, begins another line."
    " Ctrl-C stops an answer, or clears the line. Ctrl-D ends the chat."
)


@attrs.frozen
class Line:
    """A line that begins with a slash, taken apart."""

    command: str
    argument: str


def read_line(text: str) -> Line | None:
    """The command that *text* is; None for a question.

    A question may well begin with a path: only one word after a slash, without another, is a
    command, and two slashes at the beginning ask with one.

    :raises ConfigurationError: there is no such command; names the nearest.
    """
    word, _, argument = text.strip().partition(" ")
    if not word.startswith("/") or "/" in word[1:] or "\n" in text.strip():
        return None
    if word not in COMMANDS:
        close = closest(word, COMMANDS)
        hint = f"did you mean {close}?" if close else "/help lists them"
        raise ConfigurationError(f"there is no command {word}: {hint}")
    if argument.strip() and not COMMANDS[word][0]:
        raise ConfigurationError(f"{word} stands by itself, without {argument.strip()!r:.40}")
    return Line(word, argument.strip())


def show_help() -> None:
    """List the commands, each on a line of its own."""
    for command, (argument, text) in COMMANDS.items():
        note(f"{command} {argument}: {text}" if argument else f"{command}: {text}")
    note(KEYS)


def change_model(conversation: Conversation, name: str) -> None:
    """Let the model *name* answer from now on; another one of the same provider at the same address.

    :raises ConfigurationError: there is none, or something that it needs is missing.
    """
    if name:
        current = conversation.model.provider.name
        provider, model = split_name(name)
        base_url = conversation.base_url if provider in {None, current} else None
        conversation.change_model(open_model(provider or current, model, base_url), base_url)
    note(f"({conversation.model_name} answers)")


def change_system(conversation: Conversation, text: str) -> None:
    """Tell the model *text* before all else, from the next question on."""
    set_system(conversation.session, conversation.branch, text)
    note("(the model is told so from now on)" if text else "(the model is told nothing any more)")


async def save_now(conversation: Conversation, path: str, own_file: str | None) -> str:
    """Write the conversation to *path*, by default to its *own_file*; gives the path.

    :raises ConfigurationError: no name is known, or another file has it.
    """
    path = path or own_file or ""
    if not path:
        raise ConfigurationError("/save needs the name of a file: write /save talk.json")
    path = check_place(path)
    check_new(path, own_file)
    await save_conversation(conversation.session, path)
    note(f"(saved in {path})")
    return path
