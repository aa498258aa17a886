"""State and functions that the parsers of all providers share."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from .._chunks import NO_METADATA, Chunk, TextChunk, Usage, UsageChunk
from .._errors import DecodeError, LionprideError
from .._readonly import ReadOnlyDict

Json: TypeAlias = "Mapping[str, Json] | list[Json] | str | float | None"
"""Decoded JSON."""

DONE: Final = "[DONE]"
"""OpenAI's end mark.  Gateways add it to streams of other APIs too, where it means nothing."""


class BaseParser:
    """State that every parser has, see `ChunkParser`."""

    def __init__(self) -> None:
        self.ended = False
        self.whole = False
        self.failure: LionprideError | None = None
        self._late: Callable[[], UsageChunk] | None = None
        self._metadata: Mapping[str, Any] = NO_METADATA

    def _identify(self, **facts: Any) -> Mapping[str, Any]:
        """The facts that hold for the whole stream, as one shared read-only mapping."""
        known = self._metadata
        if any(value is not None and known.get(name) != value for name, value in facts.items()):
            told = {name: value for name, value in facts.items() if value is not None}
            self._metadata = ReadOnlyDict({**known, **told})
        return self._metadata

    def _with(self, **facts: Any) -> Mapping[str, Any]:
        """The shared facts and some that hold for one chunk only."""
        return ReadOnlyDict({**self._metadata, **facts})

    def _report(self, make: Callable[[], UsageChunk], chunks: list[Chunk]) -> None:
        """Add a running total of usage to the *chunks* of its event.

        Beside text that goes on it is only kept: a chunk of its own would cut the text into pieces
        for whatever reads it.
        """
        last = chunks[-1].__class__ if chunks else None
        if last is TextChunk:
            self._late = make
        else:
            self._late = None
            chunks.append(make())

    @property
    def late(self) -> list[Chunk]:
        """Chunks of what was kept, for the end of the body.

        That is the newest usage, where it came with a piece of text and none has come after it.
        """
        return [] if self._late is None else [self._late()]


def tells_of_failure(value: Any) -> bool:
    """Whether *value* is an error document, in any of the forms that providers and gateways use.

    That is an object whose ``error`` says something, one that is called an error, or one without an
    answer that has a code and a message; or a list of such.  ``"error": null`` says that there is
    none: OpenAI's Response object always has it.
    """
    document: Json = value
    if not isinstance(document, dict):
        return isinstance(document, list) and bool(document) and tells_of_failure(document[0])
    get = document.get
    if get("error"):
        return not _tells_of_a_part(document)
    if get("candidates") or get("choices") or "done" in document:
        return False  # an answer, and asked of each event
    base = get("base_resp")  # MiniMax's
    if isinstance(base, dict) and base.get("status_code"):
        return True
    named = any(get(name) == "error" for name in ("object", "type", "status"))
    if named or get("success") is False:
        return True
    if get("errors") or get("status_code") in _NO_SUCCESS:
        return not _tells_of_a_part(document)
    words = [get(name) for name in ("message", "msg", "detail", "error_msg")]
    if not any(isinstance(word, str) and word for word in words):
        return isinstance(get("detail"), list) and len(document) == 1
    code = get("code") or get("error_code") or get("status_code")
    return len(document) == 1 or (isinstance(code, str | int) and str(code) not in _GOOD_CODES)


def _tells_of_a_part(document: Mapping[str, Json]) -> bool:
    kind = document.get("type")
    named = isinstance(kind, str) and kind.startswith("response.")
    return named or ("type" in document and not _PLACES.isdisjoint(document))


_PLACES: Final = frozenset(["index", "item_id", "output_index"])
"""An event that has one of these and a type, or the type of an event of Responses, tells of a part of
the answer: a tool's failure is none of the answer's."""
_GOOD_CODES: Final = frozenset(["0", "200", "Success", "success", "OK", "ok"])
_NO_SUCCESS: Final = range(400, 600)


def members(container: Any) -> Any:
    """*container*, or an empty one for null: it has no members, and is no failure."""
    return {} if container is None else container


def fields(value: Any) -> Any:
    """*value* if it is an object, and an empty one for anything else: it has no fields."""
    return value if value.__class__ is dict else {}


def text(value: Any, what: str) -> str:
    """*value*, which must be a string; None counts as empty.

    :raises DecodeError: it is anything else.
    """
    if value.__class__ is str:
        return value
    if value is None:
        return ""
    raise DecodeError(f"{what} should be a string, not {type(value).__name__}")


def arguments_text(given: Any) -> str:
    """The arguments of a tool call as text: a string as it is, anything else as JSON.

    None, and what is empty, is no text: the call has none yet.
    """
    if given.__class__ is str:
        return text(given, "arguments")
    return json.dumps(given, ensure_ascii=False) if given else ""


def count(value: Any) -> int | None:
    """A count of tokens, or None for anything that is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


Name: TypeAlias = str | tuple[str, str]
"""The field of a count: a name, or a pair for a name inside an object."""


_NAMES: Final[Mapping[str, list[Name]]] = {
    "input_tokens": ["prompt_tokens", "input_tokens"],
    "output_tokens": ["completion_tokens", "output_tokens"],
    "total_tokens": ["total_tokens"],
    "reasoning_tokens": [
        ("completion_tokens_details", "reasoning_tokens"),
        ("output_tokens_details", "reasoning_tokens"),
        ("output_tokens_details", "thinking_tokens"),  # Anthropic
        "reasoning_tokens",
    ],
    "cached_tokens": [
        ("prompt_tokens_details", "cached_tokens"),
        ("input_tokens_details", "cached_tokens"),
        "cache_read_input_tokens",  # Anthropic
        "prompt_cache_hit_tokens",  # DeepSeek
        "cached_tokens",  # Moonshot
    ],
    "cache_write_tokens": [
        ("prompt_tokens_details", "cache_write_tokens"),
        ("prompt_tokens_details", "cache_creation_tokens"),  # LiteLLM
        ("prompt_tokens_details", "cache_creation_input_tokens"),  # DashScope
        ("input_tokens_details", "cache_write_tokens"),
        ("input_tokens_details", "cache_creation_tokens"),
        ("input_tokens_details", "cache_creation_input_tokens"),
        "cache_creation_input_tokens",  # Anthropic
    ],
}
"""The names of OpenAI's two APIs and of Anthropic's, which gateways mix, and those of their dialects."""


def usage(report: Mapping[str, Any], names: Mapping[str, list[Name]] = _NAMES) -> Usage:
    """A report of tokens as `Usage`: of the names of each count the first that has one."""

    def look(name: Name) -> int | None:
        if isinstance(name, str):
            return count(report.get(name))
        details: Json = report.get(name[0])
        return count(details.get(name[1])) if isinstance(details, Mapping) else None

    def first(several: list[Name]) -> int | None:
        return next((found for name in several if (found := look(name)) is not None), None)

    return Usage(**{of: first(several) for of, several in names.items()})
