"""The other splitters, as far as they are installed: a text in, its sentences out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

Split = Callable[[str, str], Sequence[str]]

NAIVE = re.compile(r"(?<=[.!?。！？])\s+|(?<=[。！？])|\n+")


def naive(text: str, _language: str) -> Sequence[str]:
    return [piece for piece in NAIVE.split(text) if piece]


def peers() -> dict[str, Split]:
    """Name to splitter, for those that can be imported here."""
    found: dict[str, Split] = {"naive regex": naive}
    try:
        import pysbd
        from pysbd.languages import LANGUAGE_CODES
    except ImportError:
        pass
    else:
        made: dict[str, object] = {}

        def by_pysbd(text: str, language: str) -> Sequence[str]:
            code = language if language in LANGUAGE_CODES else "en"
            if code not in made:
                made[code] = pysbd.Segmenter(language=code, clean=False)
            return made[code].segment(text)  # type: ignore[attr-defined]

        found["pysbd"] = by_pysbd
    try:
        import sentencex
    except ImportError:
        pass
    else:
        found["sentencex"] = lambda text, language: list(sentencex.segment(language, text))
    try:
        from stream2sentence import generate_sentences
    except ImportError:
        pass
    else:
        found["stream2sentence"] = lambda text, _language: list(
            generate_sentences(
                iter([text]), minimum_sentence_length=1, minimum_first_fragment_length=1
            )
        )
    try:
        import icu
    except ImportError:
        pass
    else:

        def by_icu(text: str, language: str) -> Sequence[str]:
            breaks = icu.BreakIterator.createSentenceInstance(icu.Locale(language))
            # ICU counts in UTF-16 units
            units = text.encode("utf-16-le")
            breaks.setText(text)
            pieces, last = [], 0
            for at in breaks:
                pieces.append(units[last * 2 : at * 2].decode("utf-16-le"))
                last = at
            return pieces

        found["ICU"] = by_icu
    return found
