"""Stages: the machines inside the transformers, usable without trio.

Each has ``feed(item)`` and ``flush()``, holds the state of one stream, and does no I/O.  Make a
fresh one for each stream.  A stage that has ``done`` set to true wants no more.
"""

import importlib
from typing import TYPE_CHECKING, Any, Final

from .._public import show_public_path
from ._buffer import BufferChars
from ._checks import MAX_HOLD
from ._items import BufferCount, Keep, MapEach, Take, Tap
from ._json_events import JSONEvent
from ._json_values import JSONValues
from ._lines import LineSplitter
from ._paragraphs import ParagraphSplitter
from ._partial_json import PartialJSON
from ._protocol import Stage
from ._redact import Redact
from ._stop_at import StopAt
from ._think_tags import ThinkTags
from ._words import WordCount, WordSplitter

if TYPE_CHECKING:
    from ._answer import AnswerType
    from ._elements import TypedElements
    from ._markdown import MarkdownBlock, MarkdownBlockSplitter
    from ._partial import FinishedPaths, Partial
    from ._typed import TypedOutput
    from .sentences import Sentence, SentenceSplitter

__all__ = [
    "MAX_HOLD",
    "AnswerType",
    "BufferChars",
    "BufferCount",
    "FinishedPaths",
    "JSONEvent",
    "JSONValues",
    "Keep",
    "LineSplitter",
    "MapEach",
    "MarkdownBlock",
    "MarkdownBlockSplitter",
    "ParagraphSplitter",
    "Partial",
    "PartialJSON",
    "Redact",
    "Sentence",
    "SentenceSplitter",
    "Stage",
    "StopAt",
    "Take",
    "Tap",
    "ThinkTags",
    "TypedElements",
    "TypedOutput",
    "WordCount",
    "WordSplitter",
]


_LATER: Final = {
    "AnswerType": "_answer",
    "FinishedPaths": "_partial",
    "MarkdownBlock": "_markdown",
    "MarkdownBlockSplitter": "_markdown",
    "Sentence": "sentences",
    "Partial": "_partial",
    "SentenceSplitter": "sentences",
    "TypedElements": "_elements",
    "TypedOutput": "_typed",
}
"""The names that take longer to load than all the rest, by their rules, tables or libraries, and where they are."""

show_public_path(globals())


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f".{_LATER[name]}", __name__), name)
    show_public_path(globals())
    return found


def __dir__() -> list[str]:
    return [*globals(), *_LATER]
