"""§1: bytes to typed chunks, without a network, against a floor and against the official clients."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import trio

from lionpride_trio import TextChunk, sinks
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.transformers import sentences, text
from lionpride_trio.wire import SSEDecoder

from . import decode_peers
from ._canned import our_client, our_model
from ._measure import Contender, Entry, Job, Options, compare, growth
from ._report import Report, Table, Target
from ._streams import STREAMS, openai_chat, pieces
from .pipeline import reads

PROVIDERS = {
    "openai": ("openai", None),
    "anthropic": ("anthropic", None),
    "gemini": ("gemini", None),
    "groq": ("groq", None),
    "responses": ("openai", "responses"),
}
FLOOR = "floor: split lines + json.loads"
DECODER = "lionpride_trio, decoder"
REPLY = "lionpride_trio, a whole reply"

FASTER = {
    ("openai", "openai SDK"): 20,
    ("openai", "openai SDK, .stream()"): 20,
    ("responses", "openai SDK"): 20,
    ("groq", "openai SDK"): 20,
    ("groq", "groq SDK"): 15,
    ("gemini", "google-genai SDK"): 20,
    ("anthropic", "anthropic SDK"): 5,
    ("anthropic", "anthropic SDK, .stream()"): 15,
}
"""How many times faster than these clients it has to be, each on its own stream."""


def floor(parts: list[bytes]) -> Job:
    """Split lines, ``json.loads``: no objects, no checks, no HTTP."""

    def run() -> int:
        rest = b""
        count = 0
        for part in parts:
            lines = (rest + part).split(b"\n")
            rest = lines.pop()
            for line in lines:
                if line.startswith(b"data: ") and line != b"data: [DONE]":
                    json.loads(line[6:])
                    count += 1
        return count

    return run


def ours(parts: list[bytes], name: str) -> Job:
    """The decoder alone: no HTTP, as in the floor."""
    provider = get(*PROVIDERS[name])

    def run() -> int:
        decoder = StreamDecoder(provider)
        count = 0
        for part in parts:
            count += len(decoder.feed(part))
        count += len(decoder.flush())
        assert decoder.failure is None
        return count

    return run


def reply(parts: list[bytes], name: str) -> Job:
    """All that a program pays: the request, the HTTP client, the clocks, and adding it up."""

    async def run() -> float:
        model = our_model(our_client(parts), *PROVIDERS[name])
        began = time.process_time()
        async with model.stream("x") as channel:
            async for _ in channel:
                pass
        return time.process_time() - began

    return lambda: trio.run(run)


def one_event(kilobytes: int) -> None:
    decoder = SSEDecoder(max_event_bytes=2**30)
    count = len(decoder.feed(b"data: "))
    for _ in range(kilobytes):
        count += len(decoder.feed(b"x" * 1024))
    assert count + len(decoder.feed(b"\n\n")) == 1


def one_character_each(count: int) -> None:
    """*count* chunks of one character, through the decoder."""
    block = 1_000
    event = next(line for line in openai_chat(2).split(b"\n\n") if b'"content":" ' in line)
    before, _, after = event.partition(b'"content":"')
    one = b"".join([before, b'"content":"x"', after.partition(b'"')[2], b"\n\n"])
    parts = pieces(one * block)
    decoder = StreamDecoder(get("openai"))
    found = sum(len(decoder.feed(part)) for _ in range(count // block) for part in parts)
    assert found == count // block * block


def one_character_each_piped(count: int) -> None:
    """*count* chunks of one character, through ``text() | sentences()``."""
    letters = {letter: TextChunk(letter) for letter in "The quick brown fox. "}
    said = [letters[letter] for letter in "The quick brown fox. "]
    chunks = said * (count // len(said))

    async def run() -> None:
        await sinks.drain(reads(chunks, 13) | text() | sentences())

    trio.run(run)


def stream(name: str, n: int, options: Options) -> Table:
    """One provider's stream: the floor, this library, and whoever else reads it."""
    make = STREAMS[name]
    parts = pieces(make(n))
    few = max(1_000, n // 5)
    contenders: dict[str, Entry] = {
        FLOOR: floor(parts),
        DECODER: ours(parts, name),
        REPLY: Contender(reply(parts, name), own_clock=True),
        **decode_peers.contenders(name, parts, pieces(make(few)), few),
    }
    title = f"bytes to chunks, {name}, {n:,} events in pieces of 1–4 KB"
    return compare(title, contenders, items=n, options=options, unit="µs/event", headline=True)


def targets(name: str, table: Table) -> Iterator[Target]:
    """Near the floor, and far from the clients: the decoder alone, and a whole reply as theirs is."""
    yield Target(f"{name}: bytes to chunks", "<= 1.0 × the floor", table.ratio(DECODER))
    for (stream_name, client), factor in FASTER.items():
        if stream_name == name:
            limit = f">= {factor} × faster"
            for ours in (DECODER, REPLY):
                what = ours.removeprefix("lionpride_trio, ")
                title = f"{name}: {what} against the {client}"
                yield Target(title, limit, table.ratio(client, ours))


def main(options: Options, report: Report) -> None:
    n = 2_000 if options.quick else 10_000
    for name in STREAMS:
        table = stream(name, n, options)
        report.add(table, *targets(name, table))
    linear = "<= 1.5 × the cost at a quarter"
    size = 1024 if options.quick else 4096
    table = growth("worst case: one event in pieces of 1 KB, a KB", one_event, size)
    report.add(table, Target(f"one event of {size // 256} MB", linear, table.growth()))
    count = 25_000 if options.quick else 250_000
    for title, job in {
        "worst case: chunks of one character, decoder": one_character_each,
        "worst case: chunks of one character, text | sentences": one_character_each_piped,
    }.items():
        table = growth(title, job, count)
        name = f"{4 * count:,} {title.removeprefix('worst case: ')}"
        report.add(table, Target(name, linear, table.growth()))
