r"""Markdown in blocks, as CommonMark and GitHub's tables cut it at the top level.

Goals: nothing is lost; the blocks do not depend on how the text was cut on its way; a block is given as
soon as it is certain that it has ended.

Strategy: a line is judged when it is whole, because only then is it known what it begins.  One judgement
is made earlier, so that a block need not wait for the first line after it, which may be a long paragraph:
when a block can only end, the first character of the next line ends it (`MarkdownBlockSplitter._look`).

Plan: `feed` cuts its text into lines and the part of one (`_lines`).  Each whole line goes to `Blocks`
(`_markdown_blocks`), which says whether the open block goes on.  Here the lines are kept and counted.

What must hold:

1. A line is looked at once, at its first character that is no white space, however it comes.  ``_looked``
   remembers that it was: a second look, with more of the line there, might find another block open.
2. `_look` uses the white space and the first character of the line alone, and says no more than the whole
   line would say.  With more, what it says would depend on how much of the line had come.
3. A ``\r`` at the end of a text ends no line yet: the ``\n`` of a CR LF may follow, and would be read as a
   blank line.
4. All that is held counts for the bound when it comes.  Counted later, a text in one piece might pass
   where the same text in many fails.

Where CommonMark would cut what a model plainly meant to be one piece, this keeps it together: a
fence inside a list item stays in its list however badly its content is indented, and an item that
is indented by two or more belongs to the list above it.  A link's definition is a paragraph here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from .._errors import LimitExceeded
from ._checks import MAX_HOLD
from ._holding import Holding
from ._lines import cut_lines
from ._markdown_blocks import Blocks
from ._markdown_lines import MarkdownKind, indent_of


class MarkdownBlock(str):  # ruff: ignore[subclass-builtin] - it is text, and goes where text goes
    """The text of one block with the blank lines after it; ``kind`` says what it is.

    ``"blank"`` is only ever the kind of a text that has nothing but white space.  ``complete`` is false
    where the stream failed in the block, and for a fence that was never closed.
    """

    __slots__ = ("complete", "kind")
    kind: MarkdownKind
    complete: bool

    def __new__(cls, text: str, kind: MarkdownKind = "paragraph", *, complete: bool = True) -> Self:
        self = str.__new__(cls, text)
        self.kind = kind
        self.complete = complete
        return self

    def __repr__(self) -> str:
        cut = "" if self.complete else ", complete=False"
        return f"MarkdownBlock({str(self)!r}, {self.kind!r}{cut})"


class MarkdownBlockSplitter(Holding):
    """Markdown in, `MarkdownBlock` objects out, each with its ``kind``.

    A fenced block is never cut inside.  Holds back the block that has not ended; a block has ended
    when a line begins that cannot belong to it.  Blank lines belong to the block before them, those
    at the start to the first block.

    Laws: lossless, chunking-invariant, linear.

    :raises LimitExceeded: a block with its blank lines is longer than *max_hold*.
    """

    def __init__(self, *, max_hold: int = MAX_HOLD) -> None:
        super().__init__(max_hold=max_hold)
        # The line that is being written, whether its start was looked at, and whether the last
        # character so far is a CR (which is then not among what is held).
        self._part: list[str] = []
        self._part_size = 0
        self._looked = False
        self._after_cr = False
        # The block so far, in whole lines.
        self._lines: list[str] = []
        self._size = 0
        self._blocks = Blocks()
        self._ready: list[MarkdownBlock] = []

    def feed(self, text: str) -> Sequence[MarkdownBlock]:
        if self._flushed:
            self._refuse()
        if not text:
            return ()
        if self._after_cr:
            self._after_cr = False
            text = "\r" + text
        try:
            if "\n" in text or "\r" in text:
                lines, text = cut_lines(text)
                for line in lines:
                    self._take_line(line)
                if text.endswith("\r"):
                    self._after_cr = True
                    text = text[:-1]
            if text:
                self._take_part(text)
        except LimitExceeded as error:
            return self._fail(error, self._handed_over())
        return self._handed_over() if self._ready else ()

    def flush(self) -> Sequence[MarkdownBlock]:
        return self._end(broken=False)

    def break_off(self) -> Sequence[MarkdownBlock]:
        """Give the held text as a block that is not ``complete``: more was to come."""
        return self._end(broken=True)

    def _end(self, *, broken: bool) -> Sequence[MarkdownBlock]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        last = "".join(self._part) + "\r" * self._after_cr
        self._part.clear()
        if last:
            if not self._looked:
                self._look(last)
            self._read(last)
        if self._lines:
            self._give(self._blocks.kind, complete=not (broken or self._blocks.unclosed))
        return self._handed_over()

    def _handed_over(self) -> list[MarkdownBlock]:
        blocks, self._ready = self._ready, []
        return blocks

    def _take_part(self, text: str) -> None:
        self._part.append(text)
        self._part_size += len(text)
        if not self._looked and text.strip(" \t"):
            self._part = ["".join(self._part)]
            self._look(self._part[0])
        self._bound(self._part_size)

    def _take_line(self, line: str) -> None:
        if self._part:
            self._part.append(line)
            line = "".join(self._part)
            self._part.clear()
            self._part_size = 0
        if not self._looked:
            self._look(line)
        self._looked = False
        self._bound(len(line))
        self._read(line)

    def _bound(self, more: int) -> None:
        if self._size + more > self._max_hold:
            raise self._too_long("a block")

    def _look(self, line: str) -> None:
        """End the block if no line that begins as *line* does can belong to it."""
        text = line.lstrip(" \t")
        if not text.rstrip("\r\n"):
            return
        self._looked = True
        if self._blocks.kind != "blank" and self._blocks.ends_before(text[0], indent_of(line)):
            # The white space was held too, and may have passed the bound had it come alone.
            self._bound(len(line) - len(text))
            self._give(self._blocks.kind, complete=True)
            self._blocks = Blocks()

    def _read(self, line: str) -> None:
        """Judge the whole *line*: it continues the block, or ends it and starts another."""
        text = line.strip(" \t\r\n")
        if not text:
            self._blocks.read_blank()
        else:
            kind = self._blocks.kind
            before = self._blocks.read(text, indent_of(line))
            if before is not None and kind != "blank":
                above = self._lines[len(self._lines) - before :]
                del self._lines[len(self._lines) - before :]
                self._give(kind, complete=True)
                self._lines = above
                self._size = sum(map(len, above))
        self._lines.append(line)
        self._size += len(line)

    def _give(self, kind: MarkdownKind, *, complete: bool) -> None:
        self._ready.append(MarkdownBlock("".join(self._lines), kind, complete=complete))
        self._lines.clear()
        self._size = 0
