"""Failures in the command line's words, each on one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from cyclopts.exceptions import (
    CoercionError,
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnknownOptionError,
    UnusedCliTokensError,
    ValidationError,
)

from .._errors import ConfigurationError, SinkError
from .._hints import closest

FAILED: Final = 1
WRONG_USE: Final = 2

_KINDS: Final[Mapping[Any, str]] = {int: "a whole number", float: "a number"}


def words_of(error: BaseException) -> str:
    """The text of an error that is no mistake of this program: without numbers that mean nothing."""
    if isinstance(error, SinkError) and error.__cause__ is not None:
        return f"{error.sink}: {words_of(error.__cause__)}"
    if isinstance(error, OSError) and error.strerror:
        reason = error.strerror[:1].lower() + error.strerror[1:]
        return f"{error.filename}: {reason}" if error.filename else reason
    return str(error)


def status_of(error: BaseException) -> int:
    """The exit status after *error*."""
    return WRONG_USE if isinstance(error, ConfigurationError) else FAILED


def usage_words(error: CycloptsError) -> str:
    """Say in one line why the words of a command are wrong."""
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
            return _wrong_value(error)
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
    return f"{_command(error)} needs {_name(error)}"


def _wrong_value(error: CoercionError) -> str:
    """Say which values may stand where another does."""
    value = "" if error.token is None else error.token.value
    name = (error.token.keyword if error.token is not None else None) or _name(error)
    choices = [one for one in get_args(error.target_type) if isinstance(one, str)]
    if not choices:
        return f"{name} takes {_KINDS.get(error.target_type, 'another value')}, not {value!r:.100}"
    close = closest(value, choices)
    hint = f"did you mean {close!r}?" if close else f"it takes {', '.join(choices)}"
    return f"{name} does not take {value!r:.100}: {hint}"


def _name(error: CycloptsError) -> str:
    """The option or the word that the error is about."""
    name = "" if error.argument is None else error.argument.name
    return name if name.startswith("--") else name.upper()


def _unknown(what: str, word: str, known: list[str], otherwise: str) -> str:
    close = closest(word, known)
    hint = f"did you mean {close!r}?" if close else otherwise
    return f"unknown {what} {word!r:.100}: {hint}"


def _commands(error: CycloptsError) -> list[str]:
    assert error.app is not None
    return [name for name in error.app if not name.startswith("-")]


def _command(error: CycloptsError) -> str:
    return " ".join(error.command_chain or ()) or "it"
