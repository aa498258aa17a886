"""The other splitters, as far as they are installed: a text in, its sentences out.

pysbd, sentencex, ICU and blingfire take whole texts.  stream2sentence, livekit and pipecat stream;
they get the whole text as their first chunk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
Split = Callable[[str, str], Sequence[str]]

NAIVE = re.compile(r"[.!?。！？]\s+|[。！？]|\n+")
"""The naive regular expression of the targets, the docs and the benchmarks."""


class Naive:
    """The least that streams: a buffer, and the regular expression over what is new."""

    def __init__(self) -> None:
        self.held = ""

    def feed(self, text: str) -> list[str]:
        self.held += text
        out, at = [], 0
        for found in NAIVE.finditer(self.held):
            if found.end() == len(self.held):
                break
            out.append(self.held[at : found.end()])
            at = found.end()
        self.held = self.held[at:]
        return out

    def flush(self) -> list[str]:
        return [self.held] if self.held else []


def naive(text: str, _language: str) -> Sequence[str]:
    machine = Naive()
    return [*machine.feed(text), *machine.flush()]


def by_pysbd() -> Split:
    import pysbd
    from pysbd.languages import LANGUAGE_CODES

    made: dict[str, pysbd.Segmenter] = {}

    def split(text: str, language: str) -> Sequence[str]:
        code = language if language in LANGUAGE_CODES else "en"
        if code not in made:
            made[code] = pysbd.Segmenter(language=code, clean=False)
        return made[code].segment(text)

    return split


def by_sentencex() -> Split:
    import sentencex

    return lambda text, language: list(sentencex.segment(language, text))


def by_stream2sentence() -> Split:
    from stream2sentence import generate_sentences

    return lambda text, _language: list(
        generate_sentences(iter([text]), minimum_sentence_length=1, minimum_first_fragment_length=1)
    )


def by_blingfire() -> Split:
    import blingfire

    return lambda text, _language: blingfire.text_to_sentences(text).split("\n")


def by_livekit() -> Split:
    from livekit.agents.tokenize import blingfire

    tokenizer = blingfire.SentenceTokenizer(min_sentence_len=1, stream_context_len=1)
    return lambda text, language: tokenizer.tokenize(text, language=language)


def by_pipecat() -> Split:
    from pipecat.utils.text.simple_text_aggregator import SimpleTextAggregator

    del SimpleTextAggregator  # it can be imported; that was the question
    return lambda text, _language: [piece for piece, _ in stream_pipecat([text])]


def by_icu() -> Split:
    import icu

    def split(text: str, language: str) -> Sequence[str]:
        breaks = icu.BreakIterator.createSentenceInstance(icu.Locale(language))
        units = text.encode("utf-16-le")  # which ICU counts in
        breaks.setText(text)
        pieces, last = [], 0
        for at in breaks:
            pieces.append(units[last * 2 : at * 2].decode("utf-16-le"))
            last = at
        return pieces

    return split


PEERS: dict[str, Callable[[], Split]] = {
    "pysbd": by_pysbd,
    "sentencex": by_sentencex,
    "stream2sentence": by_stream2sentence,
    "livekit": by_livekit,
    "pipecat": by_pipecat,
    "blingfire": by_blingfire,
    "ICU": by_icu,
}


# How the peers that stream are fed: chunks in; out come pieces, each with the number of characters
# that had been fed when it came.
Timed = list[tuple[str, int]]
Stream = Callable[[Sequence[str]], Timed]


def fed(feed: Callable[[str], Sequence[str]], flush: Callable[[], Sequence[str]]) -> Stream:
    """The stream of a machine with ``feed`` and ``flush``."""

    def run(chunks: Sequence[str]) -> Timed:
        found: Timed = []
        count = 0
        for chunk in chunks:
            count += len(chunk)
            found += [(piece, count) for piece in feed(chunk)]
        return found + [(piece, count) for piece in flush()]

    return run


def stream_naive(chunks: Sequence[str]) -> Timed:
    machine = Naive()
    return fed(machine.feed, machine.flush)(chunks)


def stream_stream2sentence(chunks: Sequence[str]) -> Timed:
    from stream2sentence import generate_sentences

    count = 0

    def counted() -> Iterator[str]:
        nonlocal count
        for chunk in chunks:
            count += len(chunk)
            yield chunk

    sentences = generate_sentences(
        counted(), minimum_sentence_length=1, minimum_first_fragment_length=1
    )
    return [(piece, count) for piece in sentences]


def stream_pipecat(chunks: Sequence[str]) -> Timed:
    from pipecat.utils.text.simple_text_aggregator import SimpleTextAggregator

    async def gather() -> Timed:
        aggregator = SimpleTextAggregator()
        found: Timed = []
        count = 0
        for chunk in chunks:
            count += len(chunk)
            found += [(piece.text, count) async for piece in aggregator.aggregate(chunk)]
        rest = await aggregator.flush()
        return [*found, (rest.text, count)] if rest else found

    return finished(gather())


def stream_livekit(chunks: Sequence[str]) -> Timed:
    import asyncio

    from livekit.agents.tokenize import blingfire

    async def gather() -> Timed:
        stream = blingfire.SentenceTokenizer(min_sentence_len=1, stream_context_len=1).stream()
        found: Timed = []
        count = 0
        for chunk in chunks:
            count += len(chunk)
            stream.push_text(chunk)
            while not stream._event_ch.empty():  # ruff: ignore[private-member-access] - nothing else tells what is out
                event = stream._event_ch.recv_nowait()  # ruff: ignore[private-member-access] - as above
                found.append((event.token, count))
        stream.flush()
        stream.end_input()
        return found + [(event.token, count) async for event in stream]

    return asyncio.run(gather())


def finished(waiting: Coroutine[None, None, T]) -> T:
    """The result of a coroutine that waits for nothing."""
    try:
        waiting.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("the splitter waits for something")


STREAMS: dict[str, Stream] = {
    "naive regex": stream_naive,
    "stream2sentence": stream_stream2sentence,
    "livekit": stream_livekit,
    "pipecat": stream_pipecat,
}


def peers() -> dict[str, Split]:
    """Name to splitter, for those that can be imported here."""
    found: dict[str, Split] = {"naive regex": naive}
    for name, make in PEERS.items():
        try:
            found[name] = make()
        except ImportError:
            continue
    return found
