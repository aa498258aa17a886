"""What crosses between processes: checked where it is written, packed there, unpacked here.

`pickle` is tried first.  What it cannot write and Ray's pickle can is sent by value: functions and classes
of the program's main module, which a worker has not.  Whoever can write to a Ray cluster can run code on all of
its machines anyhow, so that unpickling opens no new door.
"""

from __future__ import annotations

import functools
import inspect
import pickle  # ruff: ignore[suspicious-pickle-import] - see above
import traceback
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

import attrs

from .._errors import ConfigurationError, WorkerError
from .._safe_text import MAX_ERROR_TEXT, shorten

ByValue: TypeAlias = Callable[[Any], bytes]
"""Ray's pickle."""

_PROTOCOL: Final = 5


@attrs.frozen
class Batch:
    """What a worker gives for one question."""

    items: list[Any] = attrs.Factory(list[Any])
    ended: bool = False
    """Nothing more will come."""
    failure: Exception | None = None
    """What it ended by."""
    news: Sequence[Any] = ()
    """What observers and logs are told at home."""


def check_function(user: str, function: Any) -> None:
    """Refuse a function that another process cannot find.

    :raises ConfigurationError: says what to write.
    """
    inner = function
    while isinstance(inner, functools.partial):
        _check_sendable(user, "an argument of the partial", [inner.args, inner.keywords])
        inner = inner.func
    if not callable(inner):
        raise ConfigurationError(
            f"{user} takes a function, which the worker calls, not {type(inner).__name__}:"
            " write a function that makes the source, and give it without calling it"
        )
    name = getattr(inner, "__qualname__", type(inner).__name__)
    if "<lambda>" in name or "<locals>" in name:
        raise ConfigurationError(
            f"{user} cannot send {name!r}: a worker finds a function by its module and name.  Write it with"
            " 'def' at the top level of a module, and pass what it needs as arguments"
        )
    _check_sendable(user, f"{name!r}", inner)


def check_arguments(user: str, arguments: Sequence[Any]) -> None:
    """Refuse arguments that pickle cannot write.

    :raises ConfigurationError: names the argument, and says what to write.
    """
    for number, argument in enumerate(arguments, 1):
        _check_sendable(user, f"argument {number}, of type {type(argument).__name__}", argument)


def _check_sendable(user: str, what: str, value: Any) -> None:
    try:
        pickle.dumps(value, _PROTOCOL)
    except Exception as error:
        raise ConfigurationError(
            f"{user} cannot send {what}, to another process ({shorten(str(error), 200)}).  Give what pickle can"
            " write, such as texts, numbers and data classes; make models, clients and sessions in the function"
            " itself, on the worker"
        ) from error


def pack(value: Any, by_value: ByValue) -> bytes:
    """*value* as bytes.

    :raises Exception: it cannot be written.
    """
    try:
        return pickle.dumps(value, _PROTOCOL)
    except Exception:
        return by_value(value)


def unpack(data: bytes) -> Any:
    """The value of what `pack` wrote."""
    return pickle.loads(data)  # ruff: ignore[suspicious-pickle-usage] - see the top


def pack_batch(batch: Batch, by_value: ByValue, *, is_noted: bool = True) -> bytes:
    """*batch* as bytes; what of it cannot be sent is left out, and is a `WorkerError` at the end.

    *is_noted*: its failure gets a note of where on the worker it was raised.
    """
    if batch.failure is not None:
        batch = attrs.evolve(batch, failure=portable(batch.failure, by_value, is_noted=is_noted))
    try:
        return pack(batch, by_value)
    except Exception:
        return pack(_portable_part(batch, by_value), by_value)


def _portable_part(batch: Batch, by_value: ByValue) -> Batch:
    news = [one for one in batch.news if _why_not(one, by_value) is None]
    for number, item in enumerate(batch.items):
        why = _why_not(item, by_value)
        if why is not None:
            failure = WorkerError(
                f"an item of type {type(item).__name__} cannot be sent to another process: {why}.  Give what"
                " pickle can write, such as texts, chunks and data classes"
            )
            return Batch(batch.items[:number], True, failure, news)
    return attrs.evolve(batch, news=news)


def _why_not(value: Any, by_value: ByValue) -> str | None:
    try:
        pack(value, by_value)
    except Exception as error:
        return shorten(str(error), 200)
    return None


def portable(error: Exception, by_value: ByValue, *, is_noted: bool = True) -> Exception:
    """*error* itself, if it comes out of pickle as it went in; else its text, as a `WorkerError`.

    It is tried here: an exception that can be written and not be read again, as many with an ``__init__`` of
    their own, would else be found out at the other end, where nobody knows any more what it was.
    """
    notes = (
        ["on the worker:\n" + "".join(traceback.format_tb(error.__traceback__))] if is_noted else []
    )
    try:
        again = unpack(pack(error, by_value))
    except Exception:
        again = None
    if type(again) is type(error):
        for note in notes:
            error.add_note(note)
        return error
    partial = getattr(error, "partial", None)
    failure = WorkerError(
        f"{type(error).__qualname__}: {shorten(str(error), MAX_ERROR_TEXT)}",
        partial=partial if _why_not(partial, by_value) is None else None,
    )
    for note in notes:
        failure.add_note(note)
    return failure


def gives_no_source(given: Any) -> ConfigurationError:
    """The failure of a function that has made something else."""
    awaitable = inspect.isawaitable(given)
    if inspect.iscoroutine(given):
        given.close()
    return ConfigurationError(
        "the function that remote() was given must return a source, or be an async generator function; it"
        f" {'is async and gives no source' if awaitable else f'returned {given!r:.200}'}"
    )
