"""Images that the model of a Responses answer draws: items of the type ``image_generation_call``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..._media import MediaPart, known_type
from ..._parts import Native
from ..._readonly import ReadOnlyDict
from .._given_media import read_base64, untold, write_base64

WIRE: Final = "openai"
"""The name of this form of messages in the parts that it wrote."""


def read_image(item: Mapping[str, Any]) -> MediaPart | None:
    """The image that an item has; None for another item, and for one that has none."""
    data = read_base64(item.get("result")) if item.get("type") == "image_generation_call" else None
    if data is None:
        return None
    form = item.get("output_format")
    told = f"image/{form}" if isinstance(form, str) and form else None
    facts = untold(item, {"result": write_base64(data)})
    media_type = known_type(data) or told or "image/png"
    return MediaPart("image", media_type, data=data, native=Native(WIRE, ReadOnlyDict(facts)))


def write_image(part: MediaPart) -> dict[str, Any]:
    """The item that *part* was."""
    assert part.native is not None, "a model of this provider gave it"
    return {"result": write_base64(part.data or b""), **part.native.facts}
