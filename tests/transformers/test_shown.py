"""Recipes are values: they show how they were made, and can be pickled and copied."""

from __future__ import annotations

import copy
import pickle
import re

import attrs
import pytest

from lionpride_trio import OutputInvalid, sinks
from lionpride_trio.stages import WordSplitter
from lionpride_trio.transformers import (
    buffer,
    elements,
    from_iterable,
    json_values,
    keep,
    lines,
    map_each,
    markdown_blocks,
    paragraphs,
    partial_json,
    redact,
    sentences,
    stop_at,
    take,
    tap,
    text,
    think_tags,
    transformer,
    typed,
    word_count,
    words,
)


@attrs.frozen
class Step:
    text: str


REPRS = [
    (lambda: text(), "text()"),
    (lambda: text(index=2), "text(index=2)"),
    (lambda: lines(), "lines()"),
    (lambda: lines(keep_ends=False, max_hold=30), "lines(keep_ends=False, max_hold=30)"),
    (lambda: words(max_hold=30), "words(max_hold=30)"),
    (
        lambda: sentences(language="de", first="clause", idle=2),
        "sentences(language='de', first='clause', idle=2)",
    ),
    (lambda: sentences(idle=2), "sentences(idle=2)"),
    (lambda: paragraphs() | markdown_blocks(), "paragraphs() | markdown_blocks()"),
    (lambda: think_tags(), "think_tags()"),
    (
        lambda: think_tags("[a]", "[/a]", strip=True),
        "think_tags('[a]', '[/a]', strip=True)",
    ),
    (lambda: stop_at("a", ["b"], include=True), "stop_at(['a', 'b'], include=True)"),
    (lambda: redact("a", "b", max_match=3), "redact('a', 'b', max_match=3)"),
    (lambda: redact(re.compile(r"a")), "redact(re.compile('a'))"),
    (lambda: json_values(skip_prose=True), "json_values(skip_prose=True)"),
    (lambda: partial_json(allow_partial=True), "partial_json(allow_partial=True)"),
    (lambda: typed(list[Step] | None), "typed(list[Step] | None)"),
    (lambda: elements(Step, at="a[0]", max_hold=99), "elements(Step, at='a[0]', max_hold=99)"),
    (lambda: word_count() | take(1), "word_count() | take(1)"),
    (lambda: map_each(str) | buffer(3), "map_each(str) | buffer(count=3)"),
]


@pytest.mark.parametrize(("make", "expected"), REPRS, ids=[expected for _, expected in REPRS])
def test_a_recipe_shows_how_it_was_made(make, expected):
    assert repr(make()) == expected


COPIED = [make for make, _ in REPRS] + [
    lambda: buffer(seconds=1) | buffer(chars=2) | keep(bool) | tap(str),
    lambda: transformer(WordSplitter, text=True) | transformer(WordSplitter)(max_hold=30),
]


@pytest.mark.parametrize("make", COPIED, ids=[repr(make()) for make in COPIED])
async def test_a_recipe_can_be_pickled_and_copied(make, autojump_clock):
    async def outcome(recipe):
        try:
            return repr(await sinks.collect(from_iterable(['{"a b": 1}']) | recipe))
        except OutputInvalid as error:
            return repr(error)

    recipe = make()
    for same in (pickle.loads(pickle.dumps(recipe)), copy.deepcopy(recipe)):
        assert repr(same) == repr(recipe)
        assert await outcome(same) == await outcome(recipe)
