"""Signatures, by which a provider knows its own words again: thinking, calls, reasoning items.

The signature is a keyed hash, and the key stands here: the server needs no memory to know its own, and a
conversation that was begun with one server goes on with another.  It keeps nobody out.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any, Final

from ._json import Json, as_list, as_object

_KEY: Final = b"lionpride_trio.local"
_LENGTH: Final = 32


def sign(purpose: str, text: str) -> str:
    """Sign a text for one purpose, in base64."""
    return base64.b64encode(_digest(purpose, text.encode("utf-8", "replace"))).decode("ascii")


def is_signed(purpose: str, text: str, signature: str) -> bool:
    """Whether this server signed that text for that purpose; either alphabet of base64 will do."""
    return _decoded(signature) == _digest(purpose, text.encode("utf-8", "replace"))


def seal(purpose: str, text: str) -> str:
    """Make an opaque token of a short text, which is signed."""
    held = text.encode("utf-8", "replace")
    return base64.b64encode(_digest(purpose, held) + held).decode("ascii")


def unseal(purpose: str, token: str) -> str | None:
    """Give back the text of a token; None where this server did not make it for that purpose."""
    raw = _decoded(token)
    if raw is None or _digest(purpose, raw[_LENGTH:]) != raw[:_LENGTH]:
        return None
    return raw[_LENGTH:].decode("utf-8", "replace")


def call_text(name: Any, arguments: Any) -> str:
    """Write a call as one text, the same however its JSON was written on the way."""
    return json.dumps([name, _plain(arguments)], sort_keys=True)


def _plain(value: Json) -> Any:
    """*value* with ``1.0`` as ``1``, as clients of other languages send it back."""
    if isinstance(value, list):
        return [_plain(item) for item in as_list(value)]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in as_object(value).items()}
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _digest(purpose: str, held: bytes) -> bytes:
    return hmac.digest(_KEY, purpose.encode("ascii") + b"\0" + held, hashlib.sha256)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.translate(_STANDARD), validate=True)
    except (binascii.Error, ValueError):
        return None


_STANDARD: Final = str.maketrans("-_", "+/")
