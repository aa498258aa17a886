"""The cost of an answer in an asyncio program: through ``aio``, in a thread, by a guest run of one's own; and on trio."""

from __future__ import annotations

import asyncio
import runpy
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import trio

from lionpride_trio import Session, aio, iModel

from ._measure import Contender, Entry, Options, compare
from ._report import Report
from ._server import serving

LONG = 2000
SHORT = 1
OURS = "aio.open"
EXAMPLE = runpy.run_path(
    str(Path(__file__).resolve().parents[1] / "docs" / "examples" / "asyncio_guest.py")
)


def model_at(address: str, chunks: int) -> iModel:
    return iModel("openai", "m", api_key="any", base_url=f"{address}/{chunks}/openai/v1")


async def read_on_trio(model: iModel) -> int:
    async with model.stream("hi") as reply:
        return len([chunk async for chunk in reply])


async def read_by_aio(model: iModel) -> int:
    async with aio.open(model.stream("hi")) as reply:
        return len([chunk async for chunk in reply])


async def in_a_thread(model: iModel) -> int:
    return await asyncio.to_thread(trio.run, read_on_trio, model)


async def guest_of_ones_own(model: iModel, count: int) -> float:
    """Seconds of an answer by the program that the documentation shows."""
    async with EXAMPLE["Guest"]() as guest:
        guest.session.services.register(model)

        async def read() -> None:
            async with aclosing(guest.stream(model.stream("hi"))) as chunks:
                async for _ in chunks:
                    pass

        await read()
        began = time.perf_counter()
        for _ in range(count):
            await read()
        return (time.perf_counter() - began) / count


async def kept_open(model: iModel, count: int) -> float:
    """Seconds of an answer where a session, and so the run of trio and its connections, is open all the time."""
    async with aio.open(Session()) as session:
        session.services.register(model)
        await read_by_aio(model)
        began = time.perf_counter()
        for _ in range(count):
            await read_by_aio(model)
        return (time.perf_counter() - began) / count


def timed_on_asyncio(way: Callable[[iModel], Awaitable[int]], model: iModel, count: int) -> float:
    async def main() -> float:
        await way(model)
        began = time.perf_counter()
        for _ in range(count):
            await way(model)
        return (time.perf_counter() - began) / count

    return asyncio.run(main())


def timed_on_trio(model: iModel, count: int) -> float:
    async def main() -> float:
        async with Session() as session:
            session.services.register(model)
            await read_on_trio(model)
            began = time.perf_counter()
            for _ in range(count):
                await read_on_trio(model)
            return (time.perf_counter() - began) / count

    return trio.run(main)


def main(options: Options, report: Report) -> None:
    with serving() as address:
        for chunks, unit in ((LONG, "µs/chunk"), (SHORT, "ms")):
            model, count = model_at(address, chunks), 3 if chunks == LONG else 30
            ways: dict[str, Callable[[], float]] = {
                "trio": lambda m=model, n=count: timed_on_trio(m, n),
                OURS: lambda m=model, n=count: timed_on_asyncio(read_by_aio, m, n),
                "aio.open, in a session": lambda m=model, n=count: asyncio.run(kept_open(m, n)),
                "a guest run of one's own": lambda m=model, n=count: asyncio.run(
                    guest_of_ones_own(m, n)
                ),
                "a thread": lambda m=model, n=count: timed_on_asyncio(in_a_thread, m, n),
            }
            scale = 1.0 if chunks == LONG else 1e-3  # counted by the thousand: milliseconds
            contenders: dict[str, Entry] = {
                name: Contender(lambda way=way, s=scale: way() * s, own_clock=True)
                for name, way in ways.items()
            }
            table = compare(
                f"an answer of {chunks} chunks in an asyncio program",
                contenders,
                items=chunks,
                options=options,
                unit=unit,
            )
            report.add(table)
