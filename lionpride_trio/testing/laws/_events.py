"""The laws of decoders of server-sent events: ours, yours, anyone's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Protocol

import hypothesis

from ...wire import ServerSentEvent
from ..strategies._cutting import byte_cuts, one_by_one
from ..strategies._events import server_sent_events, told
from ._broken import LawBroken, for_all, shown

Told = tuple[str, str, str]


class EventDecoder(Protocol):
    """Bytes in, events out."""

    def feed(self, data: bytes, /) -> Iterable[Any]:
        """The events that *data* completes."""
        ...

    def flush(self) -> Iterable[Any]:
        """The body has ended: the events that this completes."""
        ...


def check_sse_decoder(
    make: Callable[[], EventDecoder],
    *,
    read: Callable[[Any], Told] = attrgetter("event", "data", "id"),
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that a decoder reads a body as the HTML standard says, however its bytes are cut::

        def test_my_decoder():
            check_sse_decoder(MyDecoder)

    *make* makes a decoder with ``feed(bytes)`` and ``flush()``; another library's decoder takes a wrapper of
    a few lines.  *read* makes ``(event, data, last id)`` of one of its events.

    :raises LawBroken: says on which body, what the standard says and what was read.
    """

    def check(example: tuple[tuple[list[ServerSentEvent], bytes], list[bytes]]) -> None:
        (events, body), pieces = example
        meant = told(events)
        for way in ([body], pieces, one_by_one(body)):
            got = _read(make(), way, read)
            if got == meant:
                continue
            if way != [body] and _read(make(), [body], read) == meant:
                raise LawBroken(
                    "wire",
                    f"{shown(body)} is read as {shown(meant)}, and cut as {shown(way)}"
                    f" as {shown(got)}",
                )
            raise LawBroken(
                "wire",
                f"{shown(body)} means {shown(meant)} (type, data, last id) by the standard, and was"
                f" read as {shown(got)}",
            )

    examples = server_sent_events().flatmap(
        lambda pair: byte_cuts(pair[1]).map(lambda pieces: (pair, pieces))
    )
    for_all(examples, check, settings)


def _read(
    decoder: EventDecoder, pieces: Iterable[bytes], read: Callable[[Any], Told]
) -> list[Told]:
    made: list[Told] = []
    for piece in pieces:
        made += map(read, decoder.feed(piece))
    made += map(read, decoder.flush())
    return made
