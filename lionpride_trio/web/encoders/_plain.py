"""Values as JSON that a browser reads: without the tags that make our own form an identity."""

from __future__ import annotations

import base64
import enum
import json
import math
from collections.abc import Mapping, Set as AbstractSet
from datetime import date, time
from pathlib import PurePath
from typing import Any, Final, TypeAlias, cast

import attrs
import cattrs

from ..._chunks import Chunk
from ..._media import MediaPart
from ..._parts import TextPart
from ..._response import Response
from ...stages import Partial
from ...wire._json import MAX_DEPTH, is_too_deep
from .._strict_json import read_json

_CONVERTER: Final = cattrs.Converter(use_alias=True)
_encode: Final = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


def dump(value: Any) -> str:
    """Plain data as one line of JSON, in ASCII, so that no byte of it is a line end."""
    return _encode(value)


def read_data(text: str) -> Any:
    """The data of a JSON text, which `dump` can write.

    :raises ValueError: it is no JSON, or nested so deep that writing it could end the program's stack.
    """
    if is_too_deep(text):
        raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep")
    return read_json(text)


_Value: TypeAlias = (
    str
    | float
    | bytes
    | bytearray
    | date
    | time
    | enum.Enum
    | PurePath
    | Mapping[Any, Any]
    | list[Any]
    | tuple[Any, ...]
    | AbstractSet[Any]
    | Chunk
    | None
)


def plain(value: Any) -> Any:
    """*value* as plain data that JSON can say.

    A number that is not finite is None, as JavaScript writes it; bytes are base64.

    :raises TypeError: JSON has no word for something in it; says what to write.
    """
    return _plain(value)


def _plain(value: _Value) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | AbstractSet):
        return [plain(item) for item in value]
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    return plain(_unmade(value))


def _key(key: Any) -> str:
    """A key as JavaScript has it."""
    return str(plain(key))


def _unmade(value: Any) -> Any:
    """The data of an object: of this library, or of a class that cattrs can write."""
    if isinstance(value, Partial):
        return value.value
    if isinstance(value, TextPart):
        return {"type": "text", "text": value.text}
    if isinstance(value, MediaPart):
        return media(value)
    if isinstance(value, Response | Chunk):
        return attrs.asdict(cast(Any, value), recurse=False)
    try:
        made: Any = _CONVERTER.unstructure(value)
    except SyntaxError as error:  # of the code that cattrs writes, with the name of a class in it
        raise TypeError(
            f"a page cannot be sent {value!r:.100}: a class of it has a name that Python could not write"
        ) from error
    if type(made) is type(value):
        raise TypeError(
            f"a page cannot be sent {value!r:.100}: make it text or plain data first, with map_each(…)"
        )
    return made


def media(part: MediaPart) -> dict[str, Any]:
    """An image, a sound or a file as a page shows it."""
    media_type = part.media_type or "application/octet-stream"
    form: dict[str, Any] = {"type": "file", "mediaType": media_type, "url": media_url(part)}
    return form | ({"filename": part.name} if part.name else {})


def media_url(part: MediaPart) -> str:
    """Where a page finds *part*: its URL, or its bytes as one.

    :raises TypeError: it is a file that was not read.
    """
    if part.url is not None:
        return part.url
    if part.data is None:
        raise TypeError(f"a page cannot be sent {part!r}, a file that was not read: give its bytes")
    media_type = part.media_type or "application/octet-stream"
    return f"data:{media_type};base64,{base64.b64encode(part.data).decode()}"
