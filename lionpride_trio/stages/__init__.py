"""Stages: the machines inside the transformers, usable without trio.

Each has ``feed(item)`` and ``flush()``, holds the state of one stream, and does no I/O.  Make a
fresh one for each stream.  A stage that has ``done`` set to true wants no more.
"""

from ._buffer import BufferChars
from ._checks import MAX_HOLD
from ._items import BufferCount, Keep, MapEach, Take, Tap
from ._json_parser import JSONEvent
from ._json_values import JSONValues
from ._lines import LineSplitter
from ._markdown import MarkdownBlock, MarkdownBlockSplitter
from ._paragraphs import ParagraphSplitter
from ._partial_json import PartialJSON
from ._protocol import Stage
from ._redact import Redact
from ._stop_at import StopAt
from ._think_tags import ThinkTags
from ._words import WordCount, WordSplitter
from .sentences import Sentence, SentenceSplitter

__all__ = [
    "MAX_HOLD",
    "BufferChars",
    "BufferCount",
    "JSONEvent",
    "JSONValues",
    "Keep",
    "LineSplitter",
    "MapEach",
    "MarkdownBlock",
    "MarkdownBlockSplitter",
    "ParagraphSplitter",
    "PartialJSON",
    "Redact",
    "Sentence",
    "SentenceSplitter",
    "Stage",
    "StopAt",
    "Take",
    "Tap",
    "ThinkTags",
    "WordCount",
    "WordSplitter",
]
