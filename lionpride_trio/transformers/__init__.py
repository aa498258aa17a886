"""Transformers: recipes for streams, put together with ``|``.

``source | text() | sentences()`` is a source again.  Nothing runs until it is opened.  A pure recipe
runs inside the consumer's ``receive`` without a task; a recipe with tasks of its own says "opens a
nursery", and its tasks end with the block.  A recipe is immutable and may be used for many streams.
"""

from .._channels import _opening, _recipe, _source
from .._channels._channel import Channel
from .._channels._recipe import Grouping, Passthrough, TextTransformer, Transformer
from .._channels._source import Source
from .._channels._statistics import ChannelStatistics
from .._public import let_hints_know, show_public_path
from ._fork import fork
from ._map_concurrent import map_concurrent
from ._merge import chain, merge
from ._on_items import StageTransformer, buffer, keep, map_each, take, tap, transformer
from ._on_text import (
    json_values,
    lines,
    markdown_blocks,
    paragraphs,
    partial_json,
    redact,
    sentences,
    stop_at,
    text,
    think_tags,
    word_count,
    words,
)
from ._operator import operator
from ._pace import pace
from ._prefetch import prefetch
from ._race import hedge, race
from ._sources import from_channel, from_iterable, source
from ._tee import tee
from ._timing import idle_timeout
from ._typed import elements, typed

__all__ = [
    "Channel",
    "ChannelStatistics",
    "Grouping",
    "Passthrough",
    "Source",
    "StageTransformer",
    "TextTransformer",
    "Transformer",
    "buffer",
    "chain",
    "elements",
    "fork",
    "from_channel",
    "from_iterable",
    "hedge",
    "idle_timeout",
    "json_values",
    "keep",
    "lines",
    "map_concurrent",
    "map_each",
    "markdown_blocks",
    "merge",
    "operator",
    "pace",
    "paragraphs",
    "partial_json",
    "prefetch",
    "race",
    "redact",
    "sentences",
    "source",
    "stop_at",
    "take",
    "tap",
    "tee",
    "text",
    "think_tags",
    "transformer",
    "typed",
    "word_count",
    "words",
]

let_hints_know(_recipe, Channel=Channel, Source=Source)
let_hints_know(_source, Channel=Channel)
let_hints_know(_opening, Channel=Channel)
show_public_path(globals(), but=("Channel", "Source"))
