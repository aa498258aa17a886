"""``events``: our own protocol, for a browser's EventSource.

======================  ===========================================================================
``event: chunk``        an item: a chunk as its ``to_json()``, other things as JSON
``event: end``          ``{"verdict": "complete", "reason": "stop", "usage": {"output_tokens": 5}}``
``event: failure``      ``{"error": "Overloaded", "message": "…", "retryable": true}``
======================  ===========================================================================
"""

from __future__ import annotations

from typing import Any, Final, cast

import attrs

from ..._chunks import Chunk, TextChunk, text_chunk
from ..._json_form import write_line
from ..._response import Response
from ...session import Message
from ...stages import Partial
from ._encoder import Describe
from ._ending import Ending, counts
from ._failures import Failure, describe_failure
from ._framing import EventStreamMachine
from ._plain import dump, plain

MARK: Final = '{"lionpride_trio":1,'
"""The begin of a document of this library."""


class EventsEncoder(EventStreamMachine):
    """Writes the protocol ``events``, which ``web.EVENTS_JS`` reads.

    Chunks go without their ``raw_response``, unless *raw* is True: a page has no use for it, and it is
    most of the bytes.
    """

    def __init__(self, *, raw: bool = False, describe: Describe = describe_failure) -> None:
        super().__init__(describe=describe)
        self._raw = raw
        self._ending = Ending()

    def _write(self, item: Any, id: int | str | None) -> bytes:
        if isinstance(item, Chunk):
            self._ending.see(item)
        return self._events([f"event: chunk\ndata: {item_json(item, raw=self._raw)}"], id)

    def _end(self, response: Response | None) -> bytes:
        return self._after_items(f"event: end\ndata: {dump(end_form(self._ending, response))}")

    def _failed(self, failure: Failure) -> bytes:
        return self._after_items(f"event: failure\ndata: {dump(failure.as_dict())}")


def item_json(item: Any, *, raw: bool = False) -> str:
    """*item* as one line of JSON: a chunk, response or message as ``to_json()`` gives it, others plain.

    A partial of typed output is ``{"value": …, "whole": false}``.
    """
    if isinstance(item, str):
        return dump(item)
    if isinstance(item, Partial):
        output: object = cast(Any, item).output
        return dump({"value": plain(item.value), "whole": output is not None})
    if not isinstance(item, Chunk | Response | Message):
        return dump(plain(item))
    if isinstance(item, Chunk) and not raw and item.raw_response is not None:
        item = _without_raw(item)
    return MARK + write_line(item, "an item")[1:]  # as to_json(), at a third of its cost


def _without_raw(chunk: Chunk) -> Chunk:
    if chunk.__class__ is TextChunk:  # nearly all, and evolving costs as much as the rest
        return text_chunk(chunk.data, chunk.metadata, None, chunk.index, chunk.turn)
    return attrs.evolve(chunk, raw_response=None)


def end_form(ending: Ending, response: Response | None) -> dict[str, Any]:
    """The end, as far as it is known, as plain data."""
    verdict, usage = ending.verdict(response), ending.usage(response)
    return {
        "verdict": None if verdict is None else verdict.value,
        "reason": ending.reason(response),
        "usage": None if usage is None else counts(usage),
    }
