"""Sentence splitting: ours, fed in chunks and whole, beside a naive regex and the other splitters.

How well each splits is another question: see ``score.py``; ``speed.py --worst`` has hostile texts.
"""

from __future__ import annotations

import functools

from .._measure import Contender, Entry, Options, compare, peer
from .._report import Report
from .peers import Naive, peers
from .speed import SentenceSplitter, chunked, sample, stream

NAIVE = "naive regex"
KNOWN = ("pysbd", "sentencex", "stream2sentence", "ICU")
"""The peers that may be installed."""


def fed(options: Options, report: Report) -> None:
    """Chunks of a few characters, as models send them."""
    chunks = chunked(sample() * (2 if options.quick else 12))
    few = chunked(sample())
    contenders: dict[str, Entry] = {
        f"{NAIVE}, over what is new": functools.partial(stream, Naive, chunks),
        "lionpride_trio": functools.partial(stream, SentenceSplitter, chunks),
        "stream2sentence": peer(lambda: stream2sentence(few)),
    }
    contenders |= dict.fromkeys(
        (name for name in KNOWN if name != "stream2sentence"), "takes whole texts only"
    )
    table = compare(
        f"sentences, {len(chunks):,} chunks of a few characters",
        contenders,
        items=len(chunks),
        options=options,
        unit="µs/chunk",
        headline=True,
    )
    report.add(table)


def stream2sentence(chunks: list[str]) -> Contender:
    from stream2sentence import generate_sentences

    def run() -> int:
        return sum(
            1
            for _ in generate_sentences(
                iter(chunks), minimum_sentence_length=1, minimum_first_fragment_length=1
            )
        )

    return Contender(run, items=len(chunks))


def whole(options: Options, report: Report) -> None:
    """One text at once; figures are by a thousand characters."""
    text = sample()
    found = peers()
    contenders: dict[str, Entry] = {
        NAIVE: functools.partial(found[NAIVE], text, "en"),
        "lionpride_trio": functools.partial(stream, SentenceSplitter, [text]),
    }
    for name in dict.fromkeys([*KNOWN, *found]):
        if name != NAIVE:
            split = found.get(name)
            contenders[name] = (
                "not installed" if split is None else functools.partial(split, text, "en")
            )
    table = compare(
        f"sentences, a text of {len(text):,} characters whole",
        contenders,
        items=max(1, len(text) // 1000),
        options=options,
        unit="µs/1,000 chars",
        headline=True,
    )
    report.add(table)


def main(options: Options, report: Report) -> None:
    fed(options, report)
    whole(options, report)
