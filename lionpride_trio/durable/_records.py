"""Items and errors as text, and back: what a store keeps of them.

A store holds text and looks into none of it.  Items are written as `to_json` writes what hangs on a
chunk: text, numbers, lists, mappings, and the objects of this library.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterable
from typing import Any, Final, TypeGuard

from .. import _errors
from .._chunks import Chunk, TextChunk
from .._errors import DecodeError, FlowError, LionprideError, StreamError
from .._json_form import read, read_line, write_line, written
from .._response import Response, ResponseBuilder
from .._safe_text import MAX_ERROR_TEXT, shorten

MAX_GROUPS: Final = 50
"""Deepest nesting of groups of errors that is written.  Of a deeper one the text is left."""
_encode: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def write_item(item: Any) -> str:
    """*item* as one line of JSON.

    :raises TypeError: it holds what is no plain data; says where.
    """
    return write_line(item, "an item")


def read_item(text: str) -> Any:
    """The item that `write_item` wrote as *text*.

    :raises DecodeError: *text* is damaged.
    """
    try:
        return read_line(text)
    except (ValueError, RecursionError) as error:
        line = shorten(text, 200)
        raise DecodeError(f"a stored item cannot be read: {error}", line=line) from error


def response_of(items: Iterable[Any]) -> Response | None:
    """The response that the chunks and texts among *items* add up to; None where there are none."""
    chunks = [
        item if isinstance(item, Chunk) else TextChunk(item)
        for item in items
        if isinstance(item, Chunk | str)
    ]
    if not chunks:
        return None
    builder = ResponseBuilder()
    builder.extend(chunks)
    return builder.response()


# Errors.  Pickle would keep more of them, and would let whoever can write to the store run code in
# every reader.


def write_error(error: Exception) -> str:
    """*error* as one line of JSON, whatever it holds: a run whose error cannot be told would never end."""
    return _encode(_error_form(error, MAX_GROUPS))


def _error_form(error: Exception, depth: int) -> dict[str, Any]:
    kind = type(error)
    form: dict[str, Any] = {
        "module": kind.__module__,
        "class": kind.__qualname__,
        "text": _text_of(error),
    }
    if _is_group(error):
        form["text"] = error.message
        if depth:
            form["errors"] = [_error_form(each, depth - 1) for each in error.exceptions]
        else:
            form["args"] = []
    elif isinstance(error, LionprideError):
        form["state"] = {name: _or_none(value) for name, value in vars(error).items()}
    else:
        form["args"] = [_or_none(value) for value in _args_of(error)]
    if error.__cause__ is not None:
        form["note"] = f"caused by {type(error.__cause__).__name__}: {_text_of(error.__cause__)}"
    return form


def _text_of(error: BaseException) -> str:
    try:
        return shorten(str(error), MAX_ERROR_TEXT)
    except Exception:  # of a class of the user's
        return "(its text cannot be made)"


def _args_of(error: BaseException) -> tuple[Any, ...]:
    try:
        return error.args
    except Exception:  # of a class of the user's
        return ()


def _or_none(value: Any) -> Any:
    """*value* in JSON, or None where it is no plain data, such as an operation of a flow."""
    try:
        form = written(value, "a value")
        _encode(form)
    except Exception:  # of a `repr` of the user's too
        return None
    return form


def read_error(text: str) -> Exception:
    """The error that `write_error` wrote as *text*.

    It has the class that it had where that is this library's or Python's.  Another class is a
    `StreamError` that names it: to import what a store names would run code that it chose.
    """
    try:
        return _read_error(json.loads(text))
    except (ValueError, TypeError, KeyError, RecursionError):
        return DecodeError("a stored error cannot be read", line=shorten(text, 200))


def _read_error(form: dict[str, Any]) -> Exception:
    name, text = form["class"], form["text"]
    module = builtins if form["module"] == "builtins" else _errors
    kind: Any = getattr(module, name, None)
    if form["module"] not in {"builtins", _OURS} or not _is_error(kind):
        error: Exception = StreamError(f"the run failed with {form['module']}.{name}: {text}")
    elif "errors" in form:
        group: Any = FlowError if kind is FlowError else ExceptionGroup
        error = group(text, [_read_error(each) for each in form["errors"]])
    elif "state" in form:
        state = read(form["state"], "$")
        error = kind.__new__(kind, state["message"])
        error.args = (state["message"],)
        vars(error).update(state)
    else:
        error = _built(kind, read(form["args"], "$"), text)
    if "note" in form:
        error.add_note(form["note"])
    return error


_OURS: Final = __name__.partition(".")[0]
"""Where this library's errors say that they are from: the façade that shows them."""


def _is_group(error: Exception) -> TypeGuard[ExceptionGroup[Exception]]:
    return isinstance(error, ExceptionGroup)


def _is_error(kind: object) -> TypeGuard[type[Exception]]:
    return isinstance(kind, type) and issubclass(kind, Exception)


def _built(kind: type[Exception], args: list[Any], text: str) -> Exception:
    """An error of Python's own.  Some want arguments of other kinds than JSON has."""
    try:
        return kind(*args)
    except Exception:
        return StreamError(f"the run failed with {kind.__name__}: {text}")
