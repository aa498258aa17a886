"""The files that a browser loads, read once, each found by its whole name."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Final

import attrs

from .._events_js import EVENTS_JS

_TYPES: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


def _digest(file: File) -> str:
    return f'"{hashlib.sha256(file.body).hexdigest()[:16]}"'


@attrs.frozen
class File:
    """A file of the page."""

    body: bytes
    media_type: str
    etag: str = attrs.field(init=False, default=attrs.Factory(_digest, takes_self=True))
    """A word that changes with the file: a browser that has it need not load it again."""


def read_files() -> dict[str, File]:
    """All files of the page by their names.  Blocks for some small reads."""
    folder = files("lionpride_trio.web") / "page"
    found = {path.name: path.read_bytes() for path in folder.iterdir()}
    found["events.js"] = EVENTS_JS.encode()
    return {
        name: File(body, _TYPES[name.rpartition(".")[2]]) for name, body in sorted(found.items())
    }
