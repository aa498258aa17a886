"""Reasoning that a model writes into its answer between tags, told apart from the answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import attrs

from .._checks import check_size
from .._chunks import ReasoningChunk, TextChunk
from .._errors import ConfigurationError
from ._checks import MAX_HOLD, non_empty_text
from ._passing import Passing
from ._protocol import OneStream

T = TypeVar("T")
Split = TextChunk | ReasoningChunk


class ThinkTags(OneStream):
    """Text in; `TextChunk` for the answer and `ReasoningChunk` for what stands between the tags out.

    Tags count wherever they stand, however they are cut, and as often as they come: each block of
    reasoning has its own ``block`` number, from 0, and beside reasoning that the provider tells apart itself
    the next that is free: see `let_past`.  Inside a block *open* is text like any other,
    and so is *close* outside.  The text of an unclosed block is reasoning.  *start_inside* is for models
    whose prompt template has the opening tag, so that the answer has the closing one alone.

    With *strip*, white space beside a tag, inside and outside, is dropped.  All other text is given
    unchanged: the texts joined are the input without its tags.

    Holds back only what may be the beginning of a tag, and with *strip* the white space that may
    stand before one.

    Laws: chunking-invariant (pieces of one block joined), linear, bounded: of a run of white space
    longer than *max_hold*, the start is given, tag or no tag.
    """

    def __init__(
        self,
        open: str = "<think>",
        close: str = "</think>",
        *,
        start_inside: bool = False,
        strip: bool = False,
        max_hold: int = MAX_HOLD,
    ) -> None:
        self._max_hold = check_size("ThinkTags: max_hold", max_hold)
        self._open = non_empty_text("ThinkTags", "open", open)
        self._close = non_empty_text("ThinkTags", "close", close)
        if strip and (open.strip() != open or close.strip() != close):
            raise ConfigurationError(
                "ThinkTags(strip=True) needs tags that neither begin nor end with white space, "
                f"not {open!r} and {close!r}"
            )
        self._strip = strip
        self._inside = start_inside
        self._tag = self._close if start_inside else self._open
        self._block: int | None = None
        """The number of the block that is told; None before its first piece."""
        self._next_block = 0
        self._blocks_past: dict[int, int] = {}
        """The numbers of the blocks of reasoning that were let past, by those that they had."""
        self._passing = Passing()
        # Text that may be the beginning of a tag: shorter than the tag.
        self._start = ""
        # White space that is dropped if a tag follows; _after_tag: all white space is dropped.
        self._white: list[str] = []
        self._white_size = 0
        self._after_tag = strip and start_inside
        self._ready: list[Any] = []

    def feed(self, text: str) -> Sequence[Split]:
        if self._flushed:
            self._refuse()
        if not (self._start or self._strip or self._tag[0] in text):
            # The common case: a tag can neither begin here nor go on.
            if text:
                self._add(text)
            return self._handed_over()
        if self._start:
            text = self._start + text
            self._start = ""
        at = 0
        while (found := text.find(self._tag, at)) >= 0:
            self._give_between(text, at, found)
            at = found + len(self._tag)
            self._turn()
        end = len(text) - beginning_at_end(text, self._tag, at)
        self._start = text[end:]
        self._give_between(text, at, end)
        if self._passing:
            self._passing.forget(end)
        return self._handed_over() if self._ready else ()

    def flush(self) -> Sequence[Split]:
        if self._flushed:
            return ()
        self._flushed = True
        self._give_between(self._start, 0, len(self._start))
        self._start = ""
        self._give_white()
        return self._handed_over()

    def let_past(self, item: T) -> Sequence[Split | T]:
        """Put *item* behind the text fed so far, as something that is no part of it.

        It is given at once, or, while a tag may have begun, by a later call in its place in the text; behind
        the tag, where it turns out to be inside.  At most 64 wait: when there are more, the first of them
        goes ahead of the text.  A `ReasoningChunk` whose number a block between tags has already gets the
        next that is free.
        """
        if self._flushed:
            self._refuse()
        passing = self._numbered(item) if isinstance(item, ReasoningChunk) else item
        if self._start:
            return self._passing.wait(len(self._start), passing)
        self._give_white()
        return [*self._handed_over(), passing]

    def _numbered(self, chunk: ReasoningChunk) -> Any:
        """*chunk* with a number that no block between tags has."""
        number = self._blocks_past.get(chunk.block)
        if number is None:
            number = self._blocks_past[chunk.block] = max(chunk.block, self._next_block)
            self._next_block = number + 1
        return chunk if number == chunk.block else attrs.evolve(chunk, block=number)

    def _handed_over(self) -> list[Any]:
        ready, self._ready = self._ready, []
        return ready

    def _turn(self) -> None:
        if self._inside and self._block is None:
            self._next_block += 1  # a block without text is one, too
        self._block = None
        self._inside = not self._inside
        self._tag = self._close if self._inside else self._open
        self._white.clear()
        self._white_size = 0
        self._after_tag = self._strip

    def _give_between(self, text: str, begin: int, end: int) -> None:
        """Give *text* from *begin* to *end*, with the chunks that stand there, or in the tag before it."""
        for place, item in self._passing.due(end):
            self._give(text[begin : max(begin, place)])
            self._give_white()
            self._ready.append(item)
            begin = max(begin, place)
        self._give(text[begin:end])

    def _give_white(self) -> None:
        if self._white:
            self._add("".join(self._white))
            self._white.clear()
            self._white_size = 0

    def _give(self, text: str) -> None:
        if self._strip:
            if self._after_tag:
                text = text.lstrip()
            body = text.rstrip()
            white = text[len(body) :]
            if body:
                self._after_tag = False
                body = "".join([*self._white, body])
                self._white.clear()
                self._white_size = 0
            text = body + self._hold(white)
        if text:
            self._add(text)

    def _hold(self, white: str) -> str:
        """Hold *white* back; what is too much comes out, in steps that no cut of the text moves."""
        if white:
            self._white.append(white)
            self._white_size += len(white)
        if self._white_size <= self._max_hold:
            return ""
        white = "".join(self._white)
        out = self._white_size - self._white_size % (self._max_hold + 1)
        self._white = [white[out:]]
        self._white_size -= out
        return white[:out]

    def _add(self, text: str) -> None:
        if not self._inside:
            self._ready.append(TextChunk(text))
            return
        if self._block is None:
            self._block = self._next_block
            self._next_block += 1
        self._ready.append(ReasoningChunk(text=text, block=self._block))


def beginning_at_end(text: str, tag: str, start: int = 0) -> int:
    """How many of the last characters of *text*, from *start* on, may be the beginning of *tag*."""
    longest = min(len(tag) - 1, len(text) - start)
    at = text.find(tag[0], len(text) - longest) if longest else -1
    while at >= 0:
        if tag.startswith(text[at:]):
            return len(text) - at
        at = text.find(tag[0], at + 1)
    return 0
