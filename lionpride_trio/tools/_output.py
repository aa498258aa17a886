"""The result of a tool as a model is told it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from .._chunks import Chunk
from .._errors import ToolError
from .._response import Response
from .._typed_data import to_json_text

_PARTS: Final = {"TextPart", "MediaPart"}


def output_of(value: Any, name: str) -> str | list[Any]:
    """What is told of the *value* that the tool called *name* gave.

    A text as it is, a model's answer as its text, parts of messages as they are, in a list; all else
    as JSON.

    :raises ToolError: JSON has no word for it.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Chunk):
        return value.data
    if isinstance(value, Response):
        return value.text
    parts = cast("Sequence[Any]", value if isinstance(value, list | tuple) else [value])
    if any(map(_is_part, parts)) and all(_is_part(one) or isinstance(one, str) for one in parts):
        return list(parts)
    try:
        return to_json_text(value)
    except TypeError as error:
        raise ToolError(
            f"tool {name!r} gave what cannot be told to a model: {error}", tool=name
        ) from error


def _is_part(value: object) -> bool:
    cls: type[object] = type(value)
    return cls.__name__ in _PARTS and cls.__module__.partition(".")[0] == "lionpride_trio"
