"""Media that a model gave: read from base64, and the rule for answers that move to another provider.

Facts: OpenAI's chat completions and Responses and Anthropic refuse images in a message of the assistant
(400).  Gemini, OpenRouter and Ollama take them there.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .._errors import ConfigurationError
from .._media import Kind, MediaPart
from .._native import NO_FACTS
from .._parts import TextPart

_STANDARD: Final = str.maketrans("-_", "+/")


def read_base64(text: Any) -> bytes | None:
    """The bytes that *text* says in either alphabet, padded or not; None where it says none."""
    if not isinstance(text, str) or not text:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        pass
    plain = text.translate(_STANDARD)
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def write_base64(data: bytes) -> str:
    """*data* in base64."""
    return base64.b64encode(data).decode("ascii")


def kind_of_type(media_type: str | None) -> Kind:
    """The kind of a medium of that type."""
    match (media_type or "").partition("/")[0].lower():
        case "image":
            return "image"
        case "audio":
            return "audio"
        case _:
            return "file"


def untold(told: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a provider's block that are not in what would be *written* of its part.

    Written over it, they give the very block again.
    """
    return {name: value for name, value in told.items() if written.get(name) != value}


def was_given_by(part: MediaPart, wire: str) -> bool:
    """Whether a model of that provider gave *part*."""
    return part.native is not None and part.native.provider == wire


def facts_of_medium(part: MediaPart, wire: str) -> Mapping[str, Any]:
    """The facts that that provider told of *part*; none where another model gave it, or none did."""
    return part.native.facts if part.native is not None and was_given_by(part, wire) else NO_FACTS


def without_media(content: Iterable[Any], provider: str) -> list[Any]:
    """*content*, an answer, for a provider that takes no media in one: of each, what is said in it.

    :raises ConfigurationError: a medium that no model gave stands in an answer.
    """
    told = (words_of(part, provider) if isinstance(part, MediaPart) else part for part in content)
    return [part for part in told if part is not None]


def words_of(part: MediaPart, provider: str) -> TextPart | None:
    """The words in a medium of another provider's; None where nothing is known of it.

    :raises ConfigurationError: no model gave it.
    """
    if part.native is None:
        raise ConfigurationError(
            f"{provider} takes no {part.kind} in an answer of the model: put it in a message of the user"
        )
    return TextPart(part.transcript) if part.transcript else None
