"""Parts of a message in OpenAI's form, read once for the providers that write them in another."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping
from typing import Any, Final, Literal
from urllib.parse import unquote_to_bytes, urlsplit

import attrs

from .._errors import ConfigurationError
from .._media import MediaPart
from .._parts import Part, TextPart
from ._messages import mapping_or_empty

_TEXTS: Final = {"text", "input_text", "output_text"}


@attrs.frozen
class Media:
    """An image, a sound or a file: its bytes in base64, or its URL."""

    kind: Literal["image", "audio", "file"]
    media_type: str | None = None
    data: str | None = None
    url: str | None = None
    name: str | None = None
    detail: str | None = None
    file_id: str | None = None
    """The provider's own name of a file that was sent to it before."""


def read_part(part: Mapping[str, Any] | Part) -> str | Media | None:
    """The text or the media of a part, this library's or in OpenAI's form; None for any other.

    :raises ConfigurationError: it is in OpenAI's form, and yet has not what that needs.
    """
    if isinstance(part, TextPart):
        return part.text
    if isinstance(part, MediaPart):
        return _media(part)
    if not isinstance(part, Mapping):
        return None
    match part.get("type"):
        case kind if kind in _TEXTS and isinstance(part.get("text"), str):
            text: str = part["text"]
            return text
        case "refusal":
            return str(part.get("refusal") or "")
        case "image_url" | "input_image":
            return _image(part)
        case "input_audio":
            return _audio(part)
        case "file" | "input_file" if "source" not in part:
            return _file(part)
        case _:
            return None


def _media(part: MediaPart) -> Media:
    if part.data is None and part.url is None:
        raise ConfigurationError(
            f"{part!r} has not been read: ask a model with it, or give {part.kind} its bytes"
        )
    data = None if part.data is None else base64.b64encode(part.data).decode()
    return Media(part.kind, part.media_type, data, part.url, part.name, part.detail)


def refuse_part(
    provider: str, part: Mapping[str, Any] | Part | Media, takes: str
) -> ConfigurationError:
    """The error of a part that *provider* cannot be sent; *takes* says what it can."""
    if isinstance(part, Media):
        where = "a URL" if part.url else "an id" if part.file_id else part.media_type
        return ConfigurationError(f"{provider} takes {takes}, and no {part.kind} as {where}")
    kind = part.get("type") if isinstance(part, Mapping) else part.type
    return ConfigurationError(
        f"{provider} takes {takes}, not a part of type {kind!r}: {part!r:.100}"
    )


def _image(part: Mapping[str, Any]) -> Media:
    given: object = part.get("image_url")
    detail = part.get("detail")
    if given is None and part.get("file_id"):
        return Media("image", file_id=part["file_id"], detail=detail)
    holder = mapping_or_empty(given)
    if holder:
        detail = holder.get("detail", detail)
        given = holder.get("url")
    if not isinstance(given, str):
        raise ConfigurationError(
            "an image is {'type': 'image_url', 'image_url': {'url': 'https://… or data:…'}},"
            f" not {part!r:.200}"
        )
    return attrs.evolve(_located(given, "image"), detail=detail)


def _audio(part: Mapping[str, Any]) -> Media:
    given = mapping_or_empty(part.get("input_audio"))
    if not isinstance(given.get("data"), str):
        raise ConfigurationError(
            "audio is {'type': 'input_audio', 'input_audio': {'data': …, 'format': 'wav'}},"
            f" not {part!r:.200}"
        )
    return Media("audio", f"audio/{given.get('format') or 'wav'}", given["data"])


def _file(part: Mapping[str, Any]) -> Media:
    given = mapping_or_empty(part.get("file")) or part
    if given.get("file_id"):
        return Media("file", file_id=given["file_id"])
    place: Any = given.get("file_data") or given.get("file_url")
    if not isinstance(place, str):
        raise ConfigurationError(
            "a file is {'type': 'file', 'file': {'file_data': 'data:…;base64,…', 'filename': …}},"
            f" not {part!r:.200}"
        )
    return attrs.evolve(_located(place, "file"), name=given.get("filename"))


def _located(url: str, kind: Literal["image", "file"]) -> Media:
    """The media that a URL names, with their bytes where the URL has them in itself."""
    scheme, _, rest = url.partition(":")
    if scheme.lower() in {"http", "https"}:
        return Media(kind, mimetypes.guess_type(urlsplit(url).path)[0], url=url)
    head, comma, data = rest.partition(",")
    if scheme.lower() != "data" or not comma:
        raise ConfigurationError(
            f"the URL of {kind} must begin with https:// or data:, not {url[:40]!r}: read a file of"
            " yours and send 'data:image/png;base64,…'"
        )
    media_type, *marks = head.split(";")
    if "base64" not in (mark.strip().lower() for mark in marks):
        data = base64.b64encode(unquote_to_bytes(data)).decode()
    media_type = media_type.lower() or "text/plain"
    return Media("image" if media_type.startswith("image/") else "file", media_type, data)


def plain_text(content: Any, provider: str) -> str:
    """The text of a content, for a place where *provider* takes nothing else.

    :raises ConfigurationError: there is more than text in it.
    """
    if not content or isinstance(content, str):
        return content or ""
    texts: list[str] = []
    for part in content:
        read = read_part(part)
        if not isinstance(read, str):
            raise refuse_part(provider, read or part, "text alone here")
        texts.append(read)
    return "".join(texts)
