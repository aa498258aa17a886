"""Decoders of server-sent events that forget something."""

from __future__ import annotations

import re

from lionpride_trio.testing import check_sse_decoder
from lionpride_trio.wire import ServerSentEvent, SSEDecoder
from tests.testing.mutants.case import Case


class Plain:
    """Correct, and as short as it gets; the mutants each change one method."""

    LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r(?!\Z))")

    def __init__(self):
        self.buffer = b""
        self.begun = False
        self.events = []
        self.block = []
        self.type = ""
        self.id = ""

    def feed(self, data):
        self.buffer += data
        if not self.begun:
            if len(self.buffer) < 3 and b"\xef\xbb\xbf".startswith(self.buffer):
                return []
            self.begun = True
            self.buffer = self.without_mark(self.buffer)
        return self.read(self.lines())

    def flush(self):
        made = self.read([self.buffer[:-1].decode()]) if self.buffer.endswith(b"\r") else []
        self.buffer = b""
        return made + self.at_end()

    def without_mark(self, data):
        return data.removeprefix(b"\xef\xbb\xbf")

    def lines(self):
        found = self.LINE.findall(self.buffer)
        self.buffer = self.buffer[sum(map(len, found)) :]
        return [line.rstrip(b"\r\n").decode() for line in found]

    def read(self, lines):
        self.events = []
        for line in lines:
            if not line:
                self.dispatch()
            elif not line.startswith(":"):
                name, _, value = line.partition(":")
                self.field(name, self.value(value))
        return self.events

    def value(self, value):
        return value.removeprefix(" ")

    def field(self, name, value):
        if name == "data":
            self.block.append(value)
        elif name == "event":
            self.type = value
        elif name == "id" and "\x00" not in value:
            self.id = value

    def dispatch(self):
        if self.block:
            self.events.append(ServerSentEvent(self.type or "message", self.joined(), self.id))
        self.block = []
        self.type = ""

    def joined(self):
        return "\n".join(self.block)

    def at_end(self):
        return []


class ForgetsCR(Plain):
    LINE = re.compile(rb"[^\n]*\n")


class CutsCRLFInTwo(Plain):
    LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)")


class SplitsAtU2028(Plain):
    def lines(self):
        return [part for line in super().lines() for part in line.splitlines() or [""]]


class DecodesEachRead(Plain):
    def feed(self, data):
        return super().feed(data.decode(errors="replace").encode())


class KeepsTheMark(Plain):
    def without_mark(self, data):
        return data


class DispatchesBlocksWithoutData(Plain):
    def dispatch(self):
        self.block = self.block or ([""] if self.id else [])
        super().dispatch()


class StripsAllBlanks(Plain):
    def value(self, value):
        return value.lstrip()


class WantsTheBlank(Plain):
    def field(self, name, value):
        super().field(name, value)

    def read(self, lines):
        return super().read([line for line in lines if not line or ": " in line or ":" not in line])


class JoinsWithoutNewlines(Plain):
    def joined(self):
        return "".join(self.block)


class DispatchesTheUnfinishedBlock(Plain):
    def at_end(self):
        self.events = []
        self.dispatch()
        return self.events


class ForgetsTheTypeToo(Plain):
    def dispatch(self):
        kept = self.type
        super().dispatch()
        self.type = kept


class SetsIdsWithNUL(Plain):
    def field(self, name, value):
        if name == "id":
            self.id = value
        else:
            super().field(name, value)


CASES = [
    Case("ours", check_sse_decoder, SSEDecoder, KeepsTheMark, "wire", True),
    *(
        Case(mutant.__name__, check_sse_decoder, Plain, mutant, "wire", True)
        for mutant in (
            ForgetsCR,
            CutsCRLFInTwo,
            SplitsAtU2028,
            DecodesEachRead,
            DispatchesBlocksWithoutData,
            StripsAllBlanks,
            WantsTheBlank,
            JoinsWithoutNewlines,
            DispatchesTheUnfinishedBlock,
            ForgetsTheTypeToo,
            SetsIdsWithNUL,
        )
    ),
]
