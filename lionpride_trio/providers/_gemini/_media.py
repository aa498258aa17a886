"""Media in Gemini's parts: bytes as ``inlineData``, a place as ``fileData``.

Fact: ai.google.dev, "Thought signatures".  Models of Gemini 3 sign the images that they draw, and want each
back with its signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ..._media import MediaPart, known_type
from ..._parts import Native
from ..._readonly import ReadOnlyDict
from .._given_media import kind_of_type, read_base64, untold, write_base64
from .._parsing import fields

WIRE: Final = "gemini"
"""The name of this form of messages in the parts that it wrote."""
MEDIA: Final = frozenset(["inlineData", "fileData"])


def read_media(told: Mapping[str, Any]) -> MediaPart | None:
    """The medium that a part is; None for one that cannot be read.

    An image that a model draws while it thinks is none: it is no part of the answer.
    """
    blob, file = fields(told.get("inlineData")), fields(told.get("fileData"))
    data, url = read_base64(blob.get("data")), file.get("fileUri")
    if told.get("thought") or "text" in told or (data is None and not isinstance(url, str)):
        return None
    media_type = (blob or file).get("mimeType")
    if not isinstance(media_type, str):
        media_type = known_type(data or b"")
    name = (blob or file).get("displayName")
    part = MediaPart(
        kind_of_type(media_type),
        media_type,
        data=data,
        url=None if data is not None else url,
        name=name if isinstance(name, str) else None,
        signature=told.get("thoughtSignature"),
    )
    facts = untold(told, {**plain_media(part), "thoughtSignature": part.signature})
    native = Native(WIRE, ReadOnlyDict(facts)) if facts else Native(WIRE)
    return attrs.evolve(part, native=native)


def plain_media(part: MediaPart) -> dict[str, Any]:
    """A medium as a part that anybody may send; its bytes have been read."""
    kind = {"mimeType": part.media_type} if part.media_type else {}
    if part.data is None:
        return {"fileData": {**kind, "fileUri": part.url}}
    return {"inlineData": {**kind, "data": write_base64(part.data)}}
