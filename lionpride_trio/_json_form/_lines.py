"""One line of JSON for whatever has a form, without the mark of a document.

Streams and journals keep items so.  They write and read many, so plain data is left to JSON's own encoder and
decoder, in C.  That takes a third of the time.

What must hold: the quick way writes what the careful way would write, or is not taken.  Each doubt leads to
the careful way, so that reading always gives the value that was written.
"""

from __future__ import annotations

import enum
import functools
import json
import re
from typing import Any, Final, cast

from ._classes import classes
from ._reading import Json, read, read_object
from ._writing import MAX_DEPTH, follows, written, written_fields

_encode: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_LONG_NUMBER: Final = re.compile(r"\d{600}")


def write_line(value: Any, where: str) -> str:
    """*value* as one line of JSON; errors call it *where*.

    :raises TypeError: it holds what is no plain data; says where.
    """
    return _quick_line(value) or _encode(written(value, where))


def read_line(text: str) -> Any:
    """The value that `write_line` wrote as *text*.

    :raises ValueError: *text* is damaged.
    """
    form: Json = json.loads(text)
    # Strings that begin with $ only make this slower: there may be tags.
    if isinstance(form, dict) and "$" in form and text.count('"$') == 1:
        return read_object(form)
    return read(form, "$")


def _quick_line(value: Any) -> str | None:
    """The line of a value that is plain, or an object of this library with nothing but plain data in it.

    None for others, and where it is not certain.
    """
    form: Any = value
    cls: type[Any] | None = classes.get(type(value).__name__)
    if cls is not None and cls is type(value) and not issubclass(cls, enum.Enum):
        form = {"$": cls.__name__}
        for name, default in _fields_of(cast(Any, cls)):
            item = getattr(value, name)
            if item is not default and not follows(value, item, default):
                form[name] = item
    try:
        line = _encode(form)
    except (TypeError, ValueError, RecursionError):
        return None
    plain = line.count('"$') == (form is not value) and "\\ud" not in line
    # The encoder writes tuples as lists, and numbers that are keys as texts: so the line is read and compared.
    return line if plain and _is_shallow(line) and json.loads(line) == form else None


def _is_shallow(line: str) -> bool:
    """Whether neither nesting nor numbers in *line* can be too large for Python to read."""
    if len(line) < 2 * MAX_DEPTH:
        return True
    brackets = line.count("[") + line.count("{")
    return brackets < MAX_DEPTH and not _LONG_NUMBER.search(line)


@functools.cache
def _fields_of(cls: Any) -> list[tuple[str, Any]]:
    """The names of a class's fields, and their defaults."""
    return [(field.name, field.default) for field in written_fields(cls)]
