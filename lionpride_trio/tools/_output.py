"""The result of a tool as a model is told it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from .._chunks import Chunk
from .._errors import ToolError
from .._media import MediaPart
from .._parts import TextPart
from .._response import Response
from .._typed_data import to_json_text


def output_of(value: Any, name: str) -> str | list[Any]:
    """The output that a model is told, of the *value* that the tool called *name* gave.

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
    if any(map(_is_part, parts)):
        odd = [one for one in parts if not isinstance(one, str) and not _is_part(one)]
        if odd:
            raise ToolError(
                f"tool {name!r} gave what cannot be told to a model: {odd[0]!r:.80} among parts",
                tool=name,
            )
        return [TextPart(str.__str__(one)) if isinstance(one, str) else one for one in parts]
    try:
        return to_json_text(value)
    except TypeError as error:
        raise ToolError(
            f"tool {name!r} gave what cannot be told to a model: {error}", tool=name
        ) from error


def _is_part(value: object) -> bool:
    return isinstance(value, TextPart | MediaPart)
