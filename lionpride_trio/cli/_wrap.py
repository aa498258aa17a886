"""Breaks lines between words, by the cells that a terminal needs for them, while text still comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from rich.cells import cell_len

TAB: Final = 8
_LONGEST_HELD: Final = 1024
"""Characters of one word that are held at most: marks without width could go on for ever."""

_PIECES: Final = re.compile(r"(\n|[ \t\u2000-\u200a\u3000]+)")
# Chinese and Japanese have no blanks: their lines break between any two characters, but for marks
# that open or close, small kana, and what has no width of its own.
_CJK: Final = "\u2e80-\u2fdf\u3001-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60"
_NO_START: Final = (
    "!),.:;?\\]}、。々〉》」』】〕〗〙〛〜゠ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ・ーヽヾゝゞ！），．：；？］｝～…‥"
    "\u0300-\u036f\u200d\u3099\u309a\ufe00-\ufe0f"
)
_NO_END: Final = "(\\[{〈《「『【〔〖〘〚（［｛"
_BETWEEN: Final = re.compile(
    f"(?<=[{_CJK}])(?<![{_NO_END}])(?![{_NO_START}])|(?<![{_NO_END}])(?=[{_CJK}])(?![{_NO_START}])"
)


class WordWrap:
    """Puts line ends between words, so that no line is wider than *width* says and no word is split.

    Text that was handed out stays as it is, so nothing on the screen is ever taken back: it holds the word
    that may go on, and decides where that stands when its end is known.  A word that is wider than
    the terminal begins a line of its own, and is left to the terminal to break: it can then be
    copied as one.  *width* is asked for each word, so a terminal may be resized meanwhile.
    """

    def __init__(self, width: Callable[[], int]) -> None:
        self._width = width
        self._column = 0
        """Cells of this line that are used."""
        self._blank = ""
        """Blanks before the held word: they vanish where the line breaks."""
        self._word = ""
        self._last = ""
        """The last character of the word, as far as it has come."""
        self._is_too_long = False
        """The word is wider than the terminal: it is handed out as it comes."""

    def feed(self, text: str) -> str:
        """Return the text that can be shown, now that *text* has come."""
        shown: list[str] = []
        for piece in _PIECES.split(text):
            if piece == "\n":
                shown += self.flush(), "\n"
                self._blank = ""
                self._column = 0
            elif piece and _PIECES.fullmatch(piece):
                shown.append(self.flush())
                self._blank += self._untabbed(piece)
            elif piece:
                shown.append(self._grow(piece))
        return "".join(shown)

    def flush(self) -> str:
        """Return the word that was held, which does not go on."""
        word, self._word = self._word, ""
        self._last = ""
        self._is_too_long = False
        return self._place(word) if word else ""

    def _grow(self, piece: str) -> str:
        """Add *piece* to the held word, character by character: how it was cut must not matter."""
        shown: list[str] = []
        for character in piece:
            if _may_part(self._last, character):
                shown.append(self.flush())
            self._last = character
            if self._is_too_long:
                self._advance(character)
                shown.append(character)
                continue
            self._word += character
            if cell_len(self._word) > self._width() or len(self._word) > _LONGEST_HELD:
                shown.append(self.flush())
                self._last = character
                self._is_too_long = True
        return "".join(shown)

    def _place(self, word: str) -> str:
        """Put *word* on this line, or on the next."""
        blank, self._blank = self._blank, ""
        room = self._width() - self._column - cell_len(word)
        if cell_len(blank) > room:
            if self._column:
                self._column = 0
                blank = "\n"
            else:  # an indentation gives way to what it indents
                blank = blank[: max(0, room)]
        if blank != "\n":
            self._column += cell_len(blank)
        self._advance(word)
        return blank + word

    def _advance(self, word: str) -> None:
        """Move on by *word*, as the terminal does."""
        width = self._width()
        if self._column + cell_len(word) <= width:
            self._column += cell_len(word)
            return
        for character in word:
            cells = cell_len(character)
            self._column = cells if self._column + cells > width else self._column + cells

    def _untabbed(self, blank: str) -> str:
        column = self._column + cell_len(self._blank)
        spaces = ""
        for character in blank:
            spaces += (
                " " * (TAB - (column + cell_len(spaces)) % TAB) if character == "\t" else character
            )
        return spaces


def _may_part(one: str, other: str) -> bool:
    """Whether a line may end between two characters of a text without blanks."""
    both = one + other
    return len(both) == 2 and not both.isascii() and _BETWEEN.match(both, 1) is not None


def wrapped(text: str, width: int) -> str:
    """*text* with its lines broken between words."""
    wrap = WordWrap(lambda: width)
    return wrap.feed(text) + wrap.flush()
