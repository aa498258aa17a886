"""Citations of every provider as what a page shows of them: a place and a title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

_WRAPPED: Final = ("url_citation", "web", "retrievedContext")
"""Where a provider puts the citation within its object."""
_PLACES: Final = ("url", "uri")
_TITLES: Final = ("title", "document_title", "filename")


def place_and_title(citation: Any) -> tuple[str | None, str | None]:
    """The URL and the title of a provider's citation object, each None where it has none.

    A URL is one of the web: a page makes a link of it, and ``javascript:`` would be a program.

    >>> place_and_title({"type": "url_citation", "url": "https://trio.example", "title": "Trio"})
    ('https://trio.example', 'Trio')
    """
    if isinstance(citation, str):
        citation = {"url": citation}
    fields: Mapping[str, Any] = cast(Any, citation) if isinstance(citation, Mapping) else {}
    for name in _WRAPPED:
        if isinstance(fields.get(name), Mapping):
            fields = fields[name]
    url = _text(fields, _PLACES)
    if url is not None and not url.lower().startswith(("https://", "http://")):
        url = None
    return url, _text(fields, _TITLES)


def _text(fields: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    found = (fields.get(name) for name in names)
    return next((text for text in found if isinstance(text, str) and text), None)
