"""A typed answer while it comes, against the events of `partial_json` on the same chunks.

The answer is a recipe with many steps and a long text, in chunks of four characters.  Others read all
that has come again for each chunk, which is quadratic: they get a shorter answer.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import attrs

from lionpride_trio import TextChunk
from lionpride_trio.transformers import elements, partial_json, typed

from . import typed_peers
from ._measure import Entry, Job, Options, compare, growth
from ._reads import ready
from ._report import Report, Target
from .pipeline import in_trio, reads

EVENTS = "lionpride_trio, partial_json: events"
TYPED = "lionpride_trio, typed: partials"
LOOKED = "lionpride_trio, typed: partials, each looked at"
ELEMENTS = "lionpride_trio, elements"


@attrs.frozen
class Step:
    text: str
    minutes: int


@attrs.frozen
class Recipe:
    title: str
    steps: list[Step]
    story: str


def answer(chunks: int) -> list[str]:
    """The text of a recipe in so many chunks of four characters, or a few more."""
    steps = [
        {"text": "Boil the water, and add a little salt.", "minutes": n % 60}
        for n in range(chunks // 36)
    ]
    story = "It was the best of soups. " * (chunks // 13)
    text = json.dumps({"title": "Soup", "steps": steps, "story": story})
    return [text[at : at + 4] for at in range(0, len(text), 4)]


async def through(texts: list[str], recipe: Any, *, is_looked_at: bool = False) -> None:
    """Send chunks through *recipe*, and read what comes."""
    last: Any = None
    async with reads([TextChunk(text) for text in texts], 8, ready) | recipe as channel:
        async for last in channel:
            if is_looked_at:
                assert last.value is not None
    assert last is not None


def main(options: Options, report: Report) -> None:
    texts = answer(4_000 if options.quick else 20_000)
    contenders: dict[str, Entry] = {
        EVENTS: in_trio(through, texts, partial_json()),
        TYPED: in_trio(through, texts, typed(Recipe)),
        LOOKED: in_trio(partial(through, is_looked_at=True), texts, typed(Recipe)),
        ELEMENTS: in_trio(through, texts, elements(Step, at="steps")),
    }
    contenders |= typed_peers.readers(answer(1_000))
    table = compare("a typed answer, a chunk", contenders, items=len(texts), options=options)
    report.add(
        table,
        Target("typed", "<= 2 × partial_json", table.ratio(TYPED)),
        Target("elements", "<= 2 × partial_json", table.ratio(ELEMENTS)),
    )

    def job(n: int) -> Job:
        return in_trio(through, answer(n), typed(Recipe))()

    grown = growth("worst case: a typed answer, four times as long", job, len(texts) // 4)
    limit = "<= 1.5 × the cost at a quarter"
    report.add(grown, Target("typed is linear", limit, grown.growth()))
