"""Text without a model: every third word is chosen by the two before it.

`pieces` cuts any text as a model's tokenizer would: a word keeps the space before it, a long word
falls in two, punctuation stands apart. Joined again, the pieces are the text.

`TrigramModel` learns from a text which words follow which pairs, and walks on from there. The same
seed gives the same walk, on every machine. It is pure: no clock, no global generator, no I/O but
the one read in `bundled`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import resources
from itertools import chain, pairwise
from random import Random

_WORD = re.compile(r"[ -]?[^\W_]+(?:['’][^\W_]+)*|\s+|.", re.DOTALL)
_LONGEST_PIECE = 9
_ENDS = frozenset(".?!")
# How far an answer may run past its length in search of the end of its sentence.
_OVERRUN = 40


def pieces(text: str) -> tuple[str, ...]:
    """Cut `text` into pieces that a model might have sent one by one."""
    return tuple(chain.from_iterable(map(_halves, _WORD.findall(text))))


def _halves(word: str) -> tuple[str, ...]:
    if len(word) <= _LONGEST_PIECE or not word[-1].isalnum():
        return (word,)
    middle = (len(word) + 1) // 2
    return word[:middle], word[middle:]


class TrigramModel:
    """The words that follow each pair of words, in one text of at least one sentence.

    Building takes about 25 ms for 100 KB; `bundled` does so once a process.
    """

    def __init__(self, text: str) -> None:
        # Quotes and brackets would be opened and never closed.
        plain = re.sub(r" +", " ", re.sub(r"[\"“”()*_]", "", text.strip()))
        words = _WORD.findall(plain + "\n\n")
        self._openings = [
            (one, two) for one, two in pairwise(words) if one in _ENDS and two[-1].isalnum()
        ]
        if not self._openings:
            raise ValueError("the text needs two sentences or more, one to learn and one to begin")
        # The text bites its own tail, so that no walk reaches an end.
        self._follow: dict[tuple[str, str], list[str]] = {}
        for one, two, three in zip(
            words, words[1:] + words[:1], words[2:] + words[:2], strict=True
        ):
            self._follow.setdefault((one, two), []).append(three)

    @staticmethod
    @cache
    def bundled() -> TrigramModel:
        """The model of the text in this package; see moby_dick.md beside it."""
        text = resources.files("lionpride_trio.local").joinpath("moby_dick.txt").read_text("utf-8")
        return TrigramModel(text)

    def words(self, seed: str) -> Iterator[str]:
        """Walk without end, from the beginning of some sentence."""
        random = Random(seed)
        one, two = random.choice(self._openings)
        yield two.lstrip()
        while True:
            one, two = two, random.choice(self._follow[one, two])
            yield two

    def answer(self, seed: str, length: int) -> tuple[str, ...]:
        """Write about `length` pieces, whole sentences if they end within 40 pieces more."""
        answer: list[str] = []
        for word in self.words(seed):
            if len(answer) >= length + _OVERRUN:
                answer.append(".")
                break
            answer += _halves(word)
            if len(answer) >= length and word in _ENDS:
                break
        return tuple(answer)

    def exactly(self, seed: str, length: int) -> tuple[str, ...]:
        """Write `length` pieces, wherever that ends."""
        answer: list[str] = []
        words = self.words(seed)
        while len(answer) < length:
            answer += _halves(next(words))
        return tuple(answer[:length])
