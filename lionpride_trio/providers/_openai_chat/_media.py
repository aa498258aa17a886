"""Media in answers of chat completions: images in ``images``, a sound in ``audio``.

Facts: platform.openai.com, "Audio": the sound comes in pieces of base64 with its transcript, and goes back by
its id, until it expires.  openrouter.ai, "Image generation": images are URLs, as a rule ``data:`` URLs, and
a message of the assistant takes them back in ``images``.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, Final, Literal
from urllib.parse import unquote_to_bytes

import attrs

from ..._media import MediaPart, known_type
from ..._parts import Native
from ..._readonly import ReadOnlyDict
from .._given_media import (
    facts_of_medium,
    read_base64,
    untold,
    was_given_by,
    words_of,
    write_base64,
)
from .._parsing import fields

WIRE: Final = "chat"
_PCM: Final = "audio/pcm"
"""The type of a sound whose bytes tell none: samples have no head, and they are what OpenAI streams."""


@attrs.frozen(kw_only=True)
class MediaRule:
    """Which media of an answer a service takes back; of another it is told what is said in it."""

    audio: bool = False
    """A sound by its id."""
    images: Literal["none", "own", "any"] = "none"
    """Images in ``images``: those that came so, or those of other providers too."""


def read_image(told: Any) -> MediaPart | None:
    """The image that an entry of ``images`` is; None for an entry of another form."""
    url = fields(fields(told).get("image_url")).get("url")
    if not isinstance(url, str) or not url:
        return None
    part = _image_at(url)
    facts = untold(told, _plain_image(part))
    return attrs.evolve(part, native=Native(WIRE, ReadOnlyDict(facts)))


def _image_at(url: str) -> MediaPart:
    scheme, _, rest = url.partition(":")
    head, comma, text = rest.partition(",")
    if scheme.lower() != "data" or not comma:
        return MediaPart("image", url=url)
    media_type, *marks = head.split(";")
    data = read_base64(text) if "base64" in marks else unquote_to_bytes(text)
    if not data:
        return MediaPart("image", url=url)
    media_type = media_type.lower() or known_type(data) or "image/png"
    return MediaPart("image", media_type, data=data)


def _plain_image(part: MediaPart) -> dict[str, Any]:
    url = part.url
    if part.data is not None:
        url = f"data:{part.media_type};base64,{write_base64(part.data)}"
    return {"image_url": {"url": url}}


class SoundReader:
    """The sound of one answer, as far as it has come."""

    __slots__ = ("_facts", "_rest", "_type")

    def __init__(self) -> None:
        self._facts: dict[str, Any] = {}
        self._rest = ""
        self._type: str | None = None

    def read(self, told: Any) -> MediaPart | None:
        """The piece of the sound that ``audio`` has; None for a value of another form."""
        piece, said = fields(told).get("data"), fields(told).get("transcript")
        if not fields(told) or not isinstance(piece or "", str) or not isinstance(said or "", str):
            return None
        text = self._rest + (piece or "")
        whole = len(text) - len(text) % 4  # a server may cut the base64 anywhere
        try:
            data = base64.b64decode(text[:whole], validate=True)
        except (binascii.Error, ValueError):
            return None
        self._rest = text[whole:]
        if data:
            self._type = self._type or known_type(data) or _PCM
        self._facts |= {name: told[name] for name in ("id", "expires_at") if told.get(name)}
        return MediaPart(
            "audio",
            self._type,
            data=data or None,
            transcript=said or None,
            native=Native(WIRE, ReadOnlyDict(self._facts)),
        )


def split_answer(content: Sequence[Any], rule: MediaRule) -> tuple[list[Any], dict[str, Any]]:
    """An answer without its media, and the fields of its message in which they go back.

    A medium that the service takes back in no way is what is said in it.

    :raises ConfigurationError: one that no model gave stands in it, for a service that takes none.
    """
    rest: list[Any] = []
    more: dict[str, Any] = {}
    for part in content:
        if not isinstance(part, MediaPart):
            rest.append(part)
        elif rule.audio and _sound_id(part):
            more["audio"] = {"id": _sound_id(part)}
        elif _takes_image(part, rule):
            own = was_given_by(part, WIRE)
            facts = facts_of_medium(part, WIRE) if own else {"type": "image_url"}
            more.setdefault("images", []).append({**_plain_image(part), **facts})
        elif part.native is None and rule.images != "none":
            rest.append(part)  # as a question has it, for servers of many kinds
        elif (words := words_of(part, "chat completions")) is not None:
            rest.append(words)
    return rest, more


def _sound_id(part: MediaPart) -> str | None:
    return facts_of_medium(part, WIRE).get("id") if part.kind == "audio" else None


def _takes_image(part: MediaPart, rule: MediaRule) -> bool:
    if part.native is None or part.kind != "image":
        return False
    return rule.images == "any" or (rule.images == "own" and was_given_by(part, WIRE))
