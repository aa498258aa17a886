"""JSON as providers send it: fast where possible, and nothing lost where not.

jiter is three to four times as fast as the standard library, but refuses lone surrogate escapes
(which proxies make when they cut an emoji in two) and deep nesting.  What it refuses is tried
again with the standard library, and only then is it an error.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import jiter

from .._errors import DecodeError, LimitExceeded
from .._safe_text import shorten

MAX_DEPTH: Final = 256
"""Deepest nesting of arrays and objects."""

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


loads_fast: Final = jiter.from_json
"""Decodes bytes; where it raises `ValueError`, `loads_refused` is to be asked."""


def loads(text: str) -> Any:
    """Decode one JSON document.

    Strings of the result may have lone surrogates where the text has them as escapes.

    :raises DecodeError: it is no JSON, or a number is too long to be read.
    :raises LimitExceeded: it is nested more than `MAX_DEPTH` deep.
    """
    try:
        return loads_fast(text.encode())
    except ValueError:
        return loads_refused(text)


def loads_refused(text: str) -> Any:
    """Decode what jiter refused, as `loads` does."""
    if is_too_deep(text):
        raise LimitExceeded(
            f"JSON nested more than {MAX_DEPTH} levels deep", limit="json_depth", value=MAX_DEPTH
        )
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        line = shorten(text, 200)
        raise DecodeError(f"not JSON: {line!r}", line=line) from error


def is_too_deep(text: str) -> bool:
    """Whether arrays and objects are nested more than `MAX_DEPTH` deep in *text*."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        token = match[0]
        if token in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif token in "]}":
            depth -= 1
    return False
