"""Media: an image, a sound or a file that stands in a message."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import os
from pathlib import Path
from typing import Final, Literal, TypeAlias
from urllib.parse import unquote_to_bytes, urlsplit

import attrs

from ._errors import ConfigurationError
from ._json_form import has_json_form
from ._native import Native

Kind: TypeAlias = Literal["image", "audio", "file"]
Source: TypeAlias = bytes | bytearray | memoryview | str | os.PathLike[str]

_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"GIF8", 0, "image/gif"),
    (b"WEBP", 8, "image/webp"),
    (b"ftypheic", 4, "image/heic"),
    (b"WAVE", 8, "audio/wav"),
    (b"ID3", 0, "audio/mpeg"),
    (b"\xff\xfb", 0, "audio/mpeg"),
    (b"\xff\xf3", 0, "audio/mpeg"),
    (b"\xff\xf1", 0, "audio/aac"),
    (b"fLaC", 0, "audio/flac"),
    (b"OggS", 0, "audio/ogg"),
    (b"%PDF-", 0, "application/pdf"),
)
"""The first bytes of the files that models take, and where in the file they stand."""
_ONE_NAME: Final = {
    "audio/x-wav": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-flac": "audio/flac",
}
_DEFAULT: Final = {"image": None, "audio": None, "file": "application/octet-stream"}


@has_json_form
@attrs.frozen
class MediaPart:
    """An image, a sound or a file.  `Image`, `Audio` and `File` make one, and models give them."""

    kind: Kind
    """How a model takes it."""
    media_type: str | None = None
    """Its MIME type; None where only its place is known."""
    data: bytes | None = attrs.field(default=None, kw_only=True, repr=False)
    """Its bytes."""
    url: str | None = attrs.field(default=None, kw_only=True)
    """Where the provider finds it."""
    path: str | None = attrs.field(default=None, kw_only=True)
    """The file that is read when a model is asked."""
    name: str | None = attrs.field(default=None, kw_only=True)
    """The file's name."""
    detail: str | None = attrs.field(default=None, kw_only=True)
    """How closely an image is looked at, in the provider's word (OpenAI's ``low`` and ``high``)."""
    transcript: str | None = attrs.field(default=None, kw_only=True)
    """The words that are said in a sound, where the model that made it tells."""
    signature: str | None = attrs.field(default=None, kw_only=True, repr=False)
    """The provider's proof that its model made it (Gemini's ``thoughtSignature``)."""
    native: Native | None = attrs.field(default=None, kw_only=True, eq=False, repr=False)
    """The facts that its provider told with it; None for a part that no provider wrote."""
    type: Literal["media"] = attrs.field(default="media", kw_only=True, repr=False)
    """The kind of part, for converters such as cattrs that choose a class by it."""

    def with_data(self, data: bytes) -> MediaPart:
        """The same part with the bytes of its file.

        :raises ConfigurationError: what they are can be told neither from the name nor from them.
        """
        name = self.name or (Path(self.path).name if self.path else None)
        media_type = self.media_type or _media_type(self.kind, data, name)
        return attrs.evolve(self, data=data, path=None, name=name, media_type=media_type)


def Image(  # ruff: ignore[invalid-function-name]  # reads as what it makes
    source: Source, *, media_type: str | None = None, detail: str | None = None
) -> MediaPart:
    """An image from its bytes, the path of its file, or a URL (``https:`` or ``data:``).

    A file is read when a model is asked, not before.

    :raises ConfigurationError: the bytes are no image that is known, and *media_type* is not given.
    """
    return attrs.evolve(_made("image", source, media_type, None), detail=detail)


def Audio(  # ruff: ignore[invalid-function-name]
    source: Source, *, media_type: str | None = None
) -> MediaPart:
    """A sound, from what `Image` takes."""
    return _made("audio", source, media_type, None)


def File(  # ruff: ignore[invalid-function-name]
    source: Source, *, media_type: str | None = None, name: str | None = None
) -> MediaPart:
    """A file such as a PDF, from what `Image` takes.  *name* is what a model is told it is called."""
    return _made("file", source, media_type, name)


def _made(kind: Kind, source: Source, media_type: str | None, name: str | None) -> MediaPart:
    if isinstance(source, bytes | bytearray | memoryview):
        data = bytes(source)
        return MediaPart(kind, media_type or _media_type(kind, data, name), data=data, name=name)
    if not isinstance(source, str | os.PathLike):
        raise ConfigurationError(
            f"{kind} is made of bytes, a path or a URL, not of {type(source).__name__}"
        )
    place = os.fspath(source)
    scheme, colon, rest = place.partition(":")
    if isinstance(source, str) and colon and scheme.lower() in {"http", "https"}:
        guessed = media_type or _guessed(_path_of(place))
        return MediaPart(kind, guessed, url=place, name=name)
    if isinstance(source, str) and colon and scheme.lower() == "data":
        told, data = _decoded_url(rest)
        return MediaPart(kind, media_type or told, data=data, name=name)
    return MediaPart(kind, media_type, path=place, name=name)


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError as error:  # of a host in brackets that is no address
        raise ConfigurationError(f"{url!r:.200} is no URL: {error}") from None


def _decoded_url(rest: str) -> tuple[str, bytes]:
    """The type and the bytes of what stands after ``data:``."""
    head, comma, text = rest.partition(",")
    media_type, *marks = head.split(";")
    if not comma:
        raise ConfigurationError("a data: URL is 'data:image/png;base64,…'")
    try:
        data = unquote_to_bytes(text)
    except UnicodeEncodeError:
        raise ConfigurationError(
            "a data: URL holds a lone surrogate, which no bytes stand for"
        ) from None
    if any(mark.strip().lower() == "base64" for mark in marks):
        try:
            data = base64.b64decode(data, validate=True)
        except binascii.Error as error:
            raise ConfigurationError(f"a data: URL holds no base64: {error}") from None
    return media_type.lower() or "text/plain", data


def _media_type(kind: Kind, data: bytes, name: str | None) -> str:
    found = known_type(data) or (_guessed(name) if name else None) or _DEFAULT[kind]
    if found is None:
        raise ConfigurationError(
            f"what kind of {kind} this is can be told neither from its bytes nor from its name:"
            f" write media_type='{kind}/…'"
        )
    return found


def known_type(data: bytes | bytearray) -> str | None:
    """The media type that the first bytes of a file tell, if they do."""
    return next((known for magic, at, known in _MAGIC if data.startswith(magic, at)), None)


def _guessed(name: str) -> str | None:
    found = mimetypes.guess_type(name)[0]
    return _ONE_NAME.get(found, found) if found else None
