"""Text in words, and their number.

A word is a run of characters that are not white space, as `str.isspace` knows it in every script.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from ._checks import MAX_HOLD
from ._holding import Holding
from ._protocol import OneStream

# White space can only come first: every later piece begins with a word.
_PIECE: Final = re.compile(r"\s+|\S+\s*")


class WordSplitter(Holding):
    """Text in, words out, each with the white space after it.

    White space before the first word belongs to that word.  A word is given when the next one
    begins, so one word and its white space are held back.

    Laws: lossless, chunking-invariant, linear.

    :raises LimitExceeded: a word with its white space is longer than *max_hold*.
    """

    def __init__(self, *, max_hold: int = MAX_HOLD) -> None:
        super().__init__(max_hold=max_hold)
        self._held: list[str] = []
        self._size = 0
        self._has_word = False
        self._word_ended = False

    def feed(self, text: str) -> Sequence[str]:
        if self._flushed:
            self._refuse()
        words: list[str] = []
        for piece in _PIECE.findall(text):
            if piece[0].isspace():
                self._word_ended = self._has_word
            else:
                if self._word_ended:
                    words.append("".join(self._held))
                    self._held.clear()
                    self._size = 0
                self._has_word = True
                self._word_ended = piece[-1].isspace()
            self._held.append(piece)
            self._size += len(piece)
            if self._size > self._max_hold:
                return self._fail(self._too_long("a word"), words)
        return words

    def flush(self) -> Sequence[str]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        rest = "".join(self._held)
        self._held.clear()
        return (rest,) if rest else ()


class WordCount(OneStream):
    """Text in, the running number of words out: 1, 2, 3, …, each when its word has ended.

    A word ends at the white space after it, or at the flush.  ``count`` has the number so far.
    Laws: chunking-invariant, linear.  Holds back nothing.
    """

    def __init__(self) -> None:
        self.count = 0
        self._in_word = False

    def feed(self, text: str) -> Sequence[int]:
        if self._flushed:
            self._refuse()
        if not text:
            return ()
        ended = len(text.split())
        if self._in_word and text[0].isspace():
            ended += 1
        self._in_word = not text[-1].isspace()
        return self._ended(ended - self._in_word)

    def flush(self) -> Sequence[int]:
        self._flushed = True
        last, self._in_word = self._in_word, False
        return self._ended(int(last))

    def _ended(self, number: int) -> Sequence[int]:
        self.count += number
        return range(self.count - number + 1, self.count + 1)
