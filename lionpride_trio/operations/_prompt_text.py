"""Results and items as text, for prompts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from .._chunks import Chunk
from .._response import Response

_Result: TypeAlias = (
    Chunk | Response | Mapping[Any, Any] | list[Any] | tuple[Any, ...] | str | float | None
)


def text_of(result: _Result) -> str:
    """The text of *result*: that of a response, pieces of text joined, or responses line by line."""
    if isinstance(result, str):
        return result
    if isinstance(result, Response):
        return result.text
    if isinstance(result, Chunk):
        return result.data
    if isinstance(result, Mapping):
        return "\n\n".join(text_of(value) for value in result.values())
    if isinstance(result, list | tuple):
        pieces = all(isinstance(one, str | Chunk) for one in result)
        return ("" if pieces else "\n").join(text_of(one) for one in result)
    return "" if result is None else str(result)


def text_of_item(item: Any) -> str:
    """The text of one item of a stream: none for a chunk that is not answer text."""
    if isinstance(item, Chunk):
        return item.data if item.index == 0 else ""
    return text_of(item)
