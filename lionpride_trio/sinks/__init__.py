"""Sinks: async functions that read a channel to its end.

Each takes an open channel, which it leaves open, or a source, which it opens for as long as it
reads: ``await sinks.join(model.stream("hi") | sentences())``.  A failure upstream is raised.
Cancelling loses no item of the channel, only the result that the sink had collected.
"""

from .._public import show_public_path
from ._common import Readable, Sink
from ._file import json_lines, write_file
from ._progress import progress
from ._terminal import dots, labelled, stdout, to_stream
from ._values import collect, drain, join, last, send_to
from ._web import EventStream, sse_bytes

__all__ = [
    "EventStream",
    "Readable",
    "Sink",
    "collect",
    "dots",
    "drain",
    "join",
    "json_lines",
    "labelled",
    "last",
    "progress",
    "send_to",
    "sse_bytes",
    "stdout",
    "to_stream",
    "write_file",
]

show_public_path(globals())
