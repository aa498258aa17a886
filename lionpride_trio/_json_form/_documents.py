"""Documents: one object of this library as a text with a mark, a version and a class."""

from __future__ import annotations

import json
from typing import Any, Final

from .._errors import DecodeError
from .._safe_text import shorten
from ._reading import Json, read
from ._writing import written

VERSION: Final = 1
MARK: Final = "lionpride_trio"


def to_json(thing: Any) -> str:
    """*thing*, of a class that has a JSON form, as a document.

    :raises TypeError: it holds what is no plain data; says where.
    """
    form = {MARK: VERSION, **written(thing, type(thing).__name__)}
    return json.dumps(form, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Any:
    """The chunk, response or message whose ``to_json()`` gave *text*, equal to it.

    :raises DecodeError: *text* is damaged or something else; says where.
    """
    if not isinstance(text, str):
        raise TypeError(f"from_json() takes the str that to_json() gave, not {text!r:.100}")
    try:
        form: Json = json.loads(text)
        if not isinstance(form, dict) or MARK not in form or "$" not in form:
            raise ValueError("it is no document of lionpride_trio")
        version = form.pop(MARK)
        if version != VERSION:
            raise ValueError(f"it has version {version!r:.100}, and this library reads {VERSION}")
        return read(form, "$")
    except (ValueError, RecursionError) as error:
        line = shorten(text, 200)
        raise DecodeError(f"from_json() cannot read {line!r}: {error}", line=line) from error
