"""A provider's events, added up."""

import json

from lionpride_trio import reassemble
from lionpride_trio._parts import is_made_id
from lionpride_trio.providers import StreamDecoder, get


def read(provider, *events, endpoint=None):
    """The response of *events*, and why it failed.  A `str` is sent as it is."""
    lines = [event if isinstance(event, str) else json.dumps(event) for event in events]
    end = "\n" if get(provider, endpoint).framing == "ndjson" else "\n\n"
    before = "" if end == "\n" else "data: "
    decoder = StreamDecoder(get(provider, endpoint))
    chunks = decoder.feed("".join(before + line + end for line in lines).encode())
    return reassemble(chunks + decoder.flush()), decoder.failure


def read_whole(provider, value, endpoint=None):
    """The response of a whole answer, and the failure that it reports."""
    chunks, failure = get(provider, endpoint).parse_body(value)
    return reassemble(chunks), failure


def calls(response):
    """The calls, with the ids that their provider gave."""
    return [
        (None if is_made_id(call.id) else call.id, call.name, call.arguments)
        for call in response.tool_calls
    ]


def thoughts(response):
    return [(block.text, block.signature) for block in response.reasoning_blocks]
