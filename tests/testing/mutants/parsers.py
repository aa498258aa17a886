"""Providers whose parsers lose, double or believe something."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import attrs

from lionpride_trio import FinishChunk, ReasoningChunk, TextChunk, ToolCallChunk, UsageChunk
from lionpride_trio.providers import get
from lionpride_trio.testing import check_provider, wire_bodies
from tests.testing.mutants.case import Case


class Mutant:
    """A provider whose parser is watched by a function that may change what it does."""

    def __init__(self, name, change: Callable, endpoint=None, *, shared=False):
        self.inner = get(name, endpoint)
        self.change = change
        self.one = self.inner.parser() if shared else None

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def parser(self):
        return Changed(self.one or self.inner.parser(), self.change)


class Changed:
    def __init__(self, parser, change):
        self.parser = parser
        self.change = change
        self.memory = {}

    def feed(self, event, value):
        return self.change(self, event, value)

    @property
    def ended(self):
        return self.parser.ended

    @property
    def whole(self):
        return self.parser.whole

    @property
    def failure(self):
        return self.parser.failure


def right(self, event, value):
    return self.parser.feed(event, value)


def loses_short_text(self, event, value):
    chunks = self.parser.feed(event, value)
    return [c for c in chunks if not (isinstance(c, TextChunk) and c.data == " ")]


def doubles_usage(self, event, value):
    chunks = self.parser.feed(event, value)
    made = []
    for chunk in chunks:
        if isinstance(chunk, UsageChunk):
            usage = chunk.usage
            total = self.memory.get("output", 0) + (usage.output_tokens or 0)
            self.memory["output"] = total
            chunk = attrs.evolve(chunk, usage=attrs.evolve(usage, output_tokens=total))
        made.append(chunk)
    return made


def takes_cut_for_whole(self, event, value):
    chunks = self.parser.feed(event, value)
    self.parser.whole = True
    return chunks


def never_ends(self, event, value):
    if value == "[DONE]":
        self.parser.whole = True
        return []
    return self.parser.feed(event, value)


def forgets_the_end(self, event, value):
    chunks = self.parser.feed(event, value)
    if self.parser.ended:
        self.parser.ended = False
    return chunks


def one_alternative(self, event, value):
    return [attrs.evolve(chunk, index=0) for chunk in self.parser.feed(event, value)]


def one_tool_call(self, event, value):
    return [
        attrs.evolve(chunk, slot=0) if isinstance(chunk, ToolCallChunk) else chunk
        for chunk in self.parser.feed(event, value)
    ]


def thinks_aloud(self, event, value):
    return [
        TextChunk(chunk.text) if isinstance(chunk, ReasoningChunk) else chunk
        for chunk in self.parser.feed(event, value)
    ]


def trusts_the_event_line(self, event, value):
    if event == "message" and value.get("type") == "content_block_delta":
        return []
    return self.parser.feed(event, value)


def forgets_block_starts(self, event, value):
    if value.get("type") == "content_block_start" and value["content_block"].get("text"):
        return []
    return self.parser.feed(event, value)


def refuses_news(self, event, value):
    if isinstance(value, dict) and "new" in str(value.get("type")):
        raise ValueError("unknown event")
    return self.parser.feed(event, value)


def tells_items_twice(self, event, value):
    from lionpride_trio import TextChunk

    item = value.get("item") if isinstance(value, dict) else None
    done = item is not None and value["type"] == "response.output_item.done"
    parts = item.get("content") or [] if done and item["type"] == "message" else []
    again = [TextChunk(part["text"]) for part in parts if part.get("text")]
    return [*self.parser.feed(event, value), *again]


def stop_is_stop(self, event, value):
    from lionpride_trio import Verdict

    return [
        attrs.evolve(chunk, verdict=Verdict.COMPLETE)
        if isinstance(chunk, FinishChunk) and chunk.reason == "STOP"
        else chunk
        for chunk in self.parser.feed(event, value)
    ]


def check(mutant, *, settings):
    """Bodies of all kinds for the mutants, for their twins those with one answer."""
    bodies = wire_bodies(mutant)
    if mutant.change is right and mutant.one is None:
        bodies = bodies.filter(lambda pair: len(pair[0].texts) == 1)
    check_provider(mutant, bodies=bodies, end_mark=mutant.name != "gemini", settings=settings)


@cache
def twin(name, endpoint=None):
    return Mutant(name, right, endpoint)


def _case(name, change, law="wire", endpoint=None, **more):
    return Case(
        f"{name} {change.__name__}",
        check,
        twin(name, endpoint),
        Mutant(name, change, endpoint, **more),
        law,
        True,
    )


CASES = [
    _case("openai", loses_short_text),
    _case("anthropic", doubles_usage),
    _case("openai", doubles_usage),
    _case("anthropic", takes_cut_for_whole, "cut is not whole"),
    _case("gemini", takes_cut_for_whole, "cut is not whole"),
    _case("openai", never_ends, "the end is the end"),
    _case("ollama", takes_cut_for_whole, "cut is not whole"),
    _case("openai", one_alternative),
    _case("openai_compatible", one_alternative),
    _case("groq", one_tool_call),
    _case("openrouter", thinks_aloud),
    _case("anthropic", trusts_the_event_line),
    _case("anthropic", forgets_block_starts),
    _case("anthropic", refuses_news),
    _case("openai", tells_items_twice, endpoint="responses"),
    _case("gemini", stop_is_stop),
    Case(
        "one parser for all streams",
        check,
        twin("ollama"),
        Mutant("ollama", right, shared=True),
        "wire",
        True,
    ),
]
