"""Encoders: a stream to the bytes that a page reads.  No I/O happens in this package.

An encoder takes the items of one stream, chunks or what pipelines make of them::

    encode = encoder("ui")
    body = b"".join(encode.feed(chunk) for chunk in chunks) + encode.flush()

A failure is told by ``fail(error)`` in place of ``flush()``.  However the text of an answer was cut into
chunks, the bytes mean the same.
"""

from ..._public import show_public_path
from ._ag_ui import AGUIEncoder
from ._by_name import encoder
from ._completions import OpenAIEncoder
from ._encoder import Encoder
from ._events import EventsEncoder
from ._failures import Failure, describe_failure
from ._jsonl import JSONLinesEncoder
from ._text import TextEncoder
from ._ui import UIEncoder

__all__ = [
    "AGUIEncoder",
    "Encoder",
    "EventsEncoder",
    "Failure",
    "JSONLinesEncoder",
    "OpenAIEncoder",
    "TextEncoder",
    "UIEncoder",
    "describe_failure",
    "encoder",
]

show_public_path(globals())
