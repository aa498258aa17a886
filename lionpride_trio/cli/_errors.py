"""What went wrong, in the command line's words and on one line."""

from __future__ import annotations

import inspect
from typing import Final

from cyclopts.exceptions import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)

from .._errors import ConfigurationError
from .._hints import closest

FAILED: Final = 1
WRONG_USE: Final = 2

_KINDS: Final = {int: "a whole number", float: "a number", bool: "no value"}


def words_of(error: BaseException) -> str:
    """The text of an error that is no mistake of this program: without numbers that mean nothing."""
    if isinstance(error, OSError) and error.strerror:
        reason = error.strerror[:1].lower() + error.strerror[1:]
        return f"{error.filename}: {reason}" if error.filename else reason
    return str(error)


def status_of(error: BaseException) -> int:
    """The exit status after *error*."""
    return WRONG_USE if isinstance(error, ConfigurationError) else FAILED


def usage_words(error: CycloptsError) -> str:
    """What is wrong with the words of a command."""
    match error:
        case UnknownCommandError(unused_tokens=[word, *_]):
            return _unknown("command", word, _commands(error), "--help lists them")
        case UnknownOptionError():
            word = error.token.keyword or error.token.value
            options = [name for one in error.argument_collection for name in one.names]
            return _unknown("option", word, options, f"{_command(error)} --help lists them")
        case MissingArgumentError():
            return _missing(error)
        case CoercionError():
            name = error.token.keyword if error.token is not None else None
            value = "" if error.token is None else f", not {error.token.value!r:.100}"
            choices = getattr(error.target_type, "__args__", None)
            kind = " or ".join(choices) if choices else _kind(error.target_type)
            return f"{name or 'it'} takes {kind}{value}"
        case ValidationError():
            return error.exception_message
        case UnusedCliTokensError(unused_tokens=[word, *_]):
            return f"{_command(error)} does not know what to do with {word!r:.100}"
        case _:
            return " ".join(str(error).split())


def _missing(error: MissingArgumentError) -> str:
    """Which value is missing, or the option that it was misspelt in."""
    argument = error.argument
    assert argument is not None
    misspelt = [word for word in error.unused_tokens or () if word.startswith("--")]
    near = closest(argument.name, misspelt)
    if near is not None and near not in argument.names:
        return f"unknown option {near!r:.100}: did you mean {argument.name!r}?"
    if error.keyword is not None or argument.tokens:
        return f"{error.keyword or argument.name} needs a value"
    name = argument.name if argument.name.startswith("--") else argument.name.upper()
    return f"{_command(error)} needs {name}"


def _unknown(what: str, word: str, known: list[str], otherwise: str) -> str:
    close = closest(word, known)
    hint = f"did you mean {close!r}?" if close else otherwise
    return f"unknown {what} {word!r:.100}: {hint}"


def _commands(error: CycloptsError) -> list[str]:
    assert error.app is not None
    return [name for name in error.app if not name.startswith("-")]


def _command(error: CycloptsError) -> str:
    return " ".join(error.command_chain or ()) or "it"


def _kind(wanted: object) -> str:
    return _KINDS.get(wanted, "another value") if inspect.isclass(wanted) else "another value"
