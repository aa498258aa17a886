"""Observers: what a chunk costs more where somebody is told of it.

The floor is the reply as it is without observers.  Chunks come one a read, which is the worst case, and many a read.
"""

from __future__ import annotations

from typing import Any

from lionpride_trio import sinks
from lionpride_trio.observe import LogObserver, Observer, Timeline

from ._canned import our_client, our_model
from ._measure import Entry, Options, compare
from ._report import Report, Target
from ._streams import openai_chat, pieces
from .pipeline import in_trio

COUNTS = "one that only counts"
QUESTION = [{"role": "user", "content": "Is it foggy?"}]


class Counting(Observer):
    """Counts calls and chunks."""

    def __init__(self) -> None:
        self.calls = self.chunks = 0

    def chunks_received(self, event: Any) -> None:
        self.chunks += event.count

    def finished(self, event: Any) -> None:
        self.calls += 1


async def replies(body: list[bytes], make: Any) -> None:
    """One reply, read to its end."""
    model = our_model(our_client(body), observers=[] if make is None else [make()])
    await sinks.drain(model.stream(QUESTION))


def main(options: Options, report: Report) -> None:
    n = 4_000 if options.quick else 20_000
    whole = openai_chat(n)
    for title, body in (
        ("observers, a chunk a read", [event + b"\n\n" for event in whole.split(b"\n\n")]),
        ("observers, many chunks a read", pieces(whole)),
    ):
        entries: dict[str, Entry] = {
            "floor: without observers": in_trio(replies, body, None),
            COUNTS: in_trio(replies, body, Counting),
            "LogObserver": in_trio(replies, body, LogObserver),
            "Timeline": in_trio(replies, body, Timeline),
        }
        table = compare(title, entries, items=n, options=options)
        report.add(
            table,
            Target(
                f"{title}: {COUNTS}",
                "<= 0.3 µs more than the floor",
                table.difference(COUNTS, "floor: without observers"),
            ),
        )
