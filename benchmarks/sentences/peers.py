"""The other splitters, as far as they are installed: a text in, its sentences out.

pysbd, sentencex, ICU and blingfire take whole texts.  stream2sentence, livekit and pipecat stream;
they get the whole text as their first chunk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Split = Callable[[str, str], Sequence[str]]

NAIVE = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")


def naive(text: str, _language: str) -> Sequence[str]:
    return [piece for piece in NAIVE.split(text) if piece]


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

    async def gather(text: str) -> list[str]:
        aggregator = SimpleTextAggregator()
        pieces = [found.text async for found in aggregator.aggregate(text)]
        rest = await aggregator.flush()
        return [*pieces, rest.text] if rest else pieces

    def split(text: str, _language: str) -> Sequence[str]:
        try:
            gather(text).send(None)  # it awaits nothing
        except StopIteration as done:
            return done.value
        raise AssertionError("pipecat's aggregator waits for something")

    return split


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


def peers() -> dict[str, Split]:
    """Name to splitter, for those that can be imported here."""
    found: dict[str, Split] = {"naive regex": naive}
    for name, make in PEERS.items():
        try:
            found[name] = make()
        except ImportError:
            continue
    return found
