"""Bytes to events and back, without I/O: server-sent events and newline-delimited JSON.

The machines are fed bytes as they come and give what is whole::

    decoder = SSEDecoder()
    for piece in pieces:
        for event in decoder.feed(piece):
            print(event.event, event.data)
    decoder.flush()
"""

from .._public import show_public_path
from ._event_reader import MAX_EVENT_BYTES
from ._ndjson import NDJSONDecoder, encode_value
from ._sse import ServerSentEvent, SSEDecoder, encode_comment, encode_event

__all__ = [
    "MAX_EVENT_BYTES",
    "NDJSONDecoder",
    "SSEDecoder",
    "ServerSentEvent",
    "encode_comment",
    "encode_event",
    "encode_value",
]

show_public_path(globals())
