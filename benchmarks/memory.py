"""Memory: idle replies, and a reply of 100 MB that goes to a file."""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from pathlib import Path

import trio

from lionpride_trio import TextChunk, sinks, source
from lionpride_trio.transformers import keep, map_each, text

from ._measure import Options, Report, Row, Table
from .pipeline import Reads


def _kib(function: object, count: int) -> float:
    gc.collect()
    tracemalloc.start()
    kept = [function() for _ in range(count)]  # type: ignore[operator]
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(kept) == count
    return float(used / count / 1024)


def idle_pipeline() -> object:
    """What an opened pipeline of three stages holds, besides its connection."""
    channel = Reads(10, 8) | text() | keep(bool) | map_each(len)
    return channel.__aiter__()


@source
async def much(megabytes: int):  # type: ignore[no-untyped-def]
    for _ in range(megabytes * 1024):
        yield TextChunk("x" * 1024)


async def to_file(megabytes: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        tracemalloc.start()
        await sinks.write_file(Path(folder) / "answer")(much(megabytes))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak / 2**20


def main(options: Options, report: Report) -> None:
    used = _kib(idle_pipeline, 1_000 if options.quick else 10_000)
    report.add(
        Table(
            "an idle pipeline of three stages",
            "KiB",
            (Row("lionpride_trio", used, used, used, 1),),
            {},
        )
    )
    megabytes = 10 if options.quick else 100
    peak = trio.run(to_file, megabytes)
    row = Row(f"{megabytes} MB to a file", peak, peak, peak, 1)
    report.add(Table("most memory over the start", "MiB", (row,), {}))
