"""Media in chat completions: images as ``data:`` URLs in ``images``, a sound in ``audio``."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from ..._media import MediaPart
from ..._native import NO_FACTS
from ._abilities import Abilities
from ._encoder import told
from ._framing import JsonObject


def media_delta(parts: Sequence[MediaPart], abilities: Abilities) -> JsonObject:
    """The fields of a delta, or of a message, in which *parts* stand; those without a place are left out."""
    taken = [part for part in parts if part.kind in abilities.media]
    images = [_image(part) for part in taken if part.kind == "image"]
    sounds = [_sound(part) for part in taken if part.kind == "audio"]
    return {**({"images": images} if images else {}), **({"audio": sounds[0]} if sounds else {})}


def _image(part: MediaPart) -> JsonObject:
    url = part.url
    if part.data is not None:
        url = f"data:{part.media_type};base64,{_base64(part.data)}"
    return {"type": "image_url", "image_url": {"url": url}}


def _sound(part: MediaPart) -> JsonObject:
    native = part.native
    facts = native.facts if native is not None and native.provider == "chat" else NO_FACTS
    data = None if part.data is None else _base64(part.data)
    return {"id": "audio_1", **facts, **told(data=data, transcript=part.transcript)}


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
