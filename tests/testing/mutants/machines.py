"""Stages with one mistake each, made from one that has none."""

from __future__ import annotations

from functools import partial

from lionpride_trio import LimitExceeded, LocalProtocolError, TextChunk
from lionpride_trio.testing import check_broken_off, check_order, check_splitter, check_stage
from lionpride_trio.transformers import transformer, words
from tests.testing.mutants.case import Case


class Commas:
    """Correct: text in pieces that end with a comma."""

    MAX = 1000

    def __init__(self):
        self.held = ""
        self.over = False

    def feed(self, text):
        if self.over:
            raise LocalProtocolError("over")
        *whole, self.held = (self.held + text).split(",")
        if len(self.held) > self.MAX:
            raise LimitExceeded("too long", limit="max_hold", value=self.MAX)
        return [f"{piece}," for piece in whole]

    def flush(self):
        self.over = True
        held, self.held = self.held, ""
        return [held] if held else []


class DropsASpace(Commas):
    def feed(self, text):
        return [piece.replace(", ", ",").rstrip(" ") for piece in super().feed(text)]

    def flush(self):
        return [piece.strip(" ") or "?" for piece in super().flush()]


class LooksAtChunkEnds(Commas):
    def feed(self, text):
        given = super().feed(text)
        if self.held.endswith("."):
            given.append(self.held)
            self.held = ""
        return given


class CutsOncePerChunk(Commas):
    def feed(self, text):
        super().feed("")
        head, comma, rest = (self.held + text).partition(",")
        self.held = rest if comma else head
        return [head + comma] if comma else []


class Bleeds(Commas):
    shared = ""

    @property
    def held(self):
        return type(self).shared

    @held.setter
    def held(self, value):
        type(self).shared = value


class CountsForEver(Commas):
    seen: list[str] = []  # ruff: ignore[mutable-class-default] - the mistake

    def feed(self, text):
        self.seen.append(text)
        return super().feed(text) + ["!"] * (len(self.seen) == 3)


class FlushesTwice(Commas):
    def flush(self):
        self.over = True
        return [self.held] if self.held else []


class TakesAfterFlush(Commas):
    def flush(self):
        given = super().flush()
        self.over = False
        return given


class GivesEmptyPieces(Commas):
    def flush(self):
        return super().flush() or [""]


class HoldsAll(Commas):
    def feed(self, text):
        if self.over:
            raise LocalProtocolError("over")
        self.held += text
        return []


class HoldsCopies(Commas):
    """Gives all in time, and keeps it too."""

    def __init__(self):
        super().__init__()
        self.copies = []

    def feed(self, text):
        self.copies.append(text)
        return super().feed(text)


class Repeats(Commas):
    def feed(self, text):
        given = super().feed(text)
        return given * 2 if len(given) == 2 else given


class DropsWhatBrokeOff(Commas):
    def break_off(self):
        self.over = True
        self.held = ""
        return []


class TakesAfterBreakOff(Commas):
    def break_off(self):
        held, self.held = self.held, ""
        return [held] if held else []


class BreaksOff(TakesAfterBreakOff):
    def break_off(self):
        self.over = True
        return super().break_off()


class WrongFeedAll(Commas):
    def feed_all(self, items):
        return [piece for item in items if item for piece in self.feed(item)[:1]]


class RightFeedAll(Commas):
    def feed_all(self, items):
        return [piece for item in items for piece in self.feed(item)]


class Late:
    """Chunks that are no text, given at the end."""

    def __init__(self):
        self.others = []

    def feed(self, chunk):
        if isinstance(chunk, TextChunk):
            return [chunk]
        self.others.append(chunk)
        return []

    def flush(self):
        return self.others


class Eager:
    """Chunks that are no text, given before the text that was held back."""

    def __init__(self):
        self.held = ""

    def feed(self, chunk):
        if not isinstance(chunk, TextChunk):
            return [chunk]
        *whole, self.held = (self.held + chunk.data).split(" ")
        return [TextChunk(f"{word} ") for word in whole]

    def flush(self):
        return [TextChunk(self.held)] if self.held else []


BOUNDED = partial(check_stage, max_hold=Commas.MAX)
ONE = Commas()

CASES = [
    Case("DropsASpace", check_splitter, Commas, DropsASpace, "lossless", True),
    Case("Repeats", check_splitter, Commas, Repeats, "lossless", True),
    Case("GivesEmptyPieces", check_splitter, Commas, GivesEmptyPieces, "lossless", True),
    Case("LooksAtChunkEnds", check_splitter, Commas, LooksAtChunkEnds, "chunking invariance", True),
    Case("CutsOncePerChunk", check_stage, Commas, CutsOncePerChunk, "chunking invariance", True),
    Case("Bleeds", check_stage, Commas, Bleeds, "fresh state", True),
    Case("CountsForEver", check_stage, Commas, CountsForEver, "fresh state", True),
    Case("OneForAll", check_stage, Commas, lambda: ONE, "fresh state", True),
    Case("FlushesTwice", check_splitter, Commas, FlushesTwice, "flush is final", True),
    Case("TakesAfterFlush", check_splitter, Commas, TakesAfterFlush, "flush is final", True),
    Case("DropsWhatBrokeOff", check_splitter, BreaksOff, DropsWhatBrokeOff, "lossless", True),
    Case("TakesAfterBreakOff", check_stage, BreaksOff, TakesAfterBreakOff, "flush is final", True),
    Case("HoldsAll", BOUNDED, Commas, HoldsAll, "bounded", True),
    Case("HoldsCopies", BOUNDED, lambda: Commas(), HoldsCopies, "bounded", True),
    Case(
        "WrongFeedAll", check_stage, RightFeedAll, WrongFeedAll, "feed_all is feed for each", True
    ),
    Case(
        "DropsWhatBrokeOff in a stream",
        partial(check_broken_off, lossless=True),
        transformer(BreaksOff, text=True),
        transformer(DropsWhatBrokeOff, text=True),
        "broken off",
        True,
    ),
    Case("Late", check_order, words(), transformer(Late), "order", True),
    Case("Eager", check_order, words(), transformer(Eager), "order", True),
]
