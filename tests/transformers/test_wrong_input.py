"""Wrong input is refused with what to write instead: in a recipe at once, in a stream where it comes."""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable

import pytest

from lionpride_trio import ConfigurationError, TextChunk, sinks
from lionpride_trio.stages import LineSplitter
from lionpride_trio.transformers import (
    buffer,
    elements,
    from_channel,
    from_iterable,
    json_values,
    keep,
    lines,
    map_concurrent,
    map_each,
    markdown_blocks,
    pace,
    paragraphs,
    partial_json,
    redact,
    sentences,
    source,
    stop_at,
    tap,
    tee,
    text,
    think_tags,
    transformer,
    typed,
    word_count,
    words,
)


async def fetch(item):
    return item


class Fetches:
    async def __call__(self, item):
        return item


async def yields(item):
    yield item


@pytest.mark.parametrize("recipe", [map_each, keep, tap])
@pytest.mark.parametrize("wrong", [3, None, "upper"])
def test_what_is_no_function_is_refused_when_it_is_written(recipe, wrong):
    with pytest.raises(
        ConfigurationError, match=rf"^{recipe.__name__}\(\) needs a function .* not"
    ):
        recipe(wrong)


@pytest.mark.parametrize("recipe", [map_each, keep, tap])
@pytest.mark.parametrize("wrong", [fetch, functools.partial(fetch), Fetches(), yields])
def test_async_functions_are_refused_when_they_are_written(recipe, wrong):
    with pytest.raises(ConfigurationError, match="use map_concurrent, which awaits it"):
        recipe(wrong)


def plain(item):
    return item


def annotated(item) -> str:
    return item


def promising(item) -> Awaitable[str]:
    return fetch(item)


@functools.wraps(fetch)
def wrapping(item):
    return fetch(item)


AWAITING = [
    (lambda function: map_concurrent(function, 2), r"map_concurrent\(\).*map_each\(…\)"),
    (tee, r"tee\(\).*tap\(…\)"),
]


@pytest.mark.parametrize(("recipe", "words"), AWAITING)
@pytest.mark.parametrize(
    "wrong", [print, plain, annotated, str, functools.partial(plain), functools.partial(print)]
)
def test_plain_functions_are_refused_where_one_is_awaited(recipe, words, wrong):
    with pytest.raises(ConfigurationError, match=f"^{words}"):
        recipe(wrong)


@pytest.mark.parametrize(("recipe", "_"), AWAITING)
@pytest.mark.parametrize("wrong", [3, None, "fetch"])
def test_what_cannot_be_called_is_refused_where_one_is_awaited(recipe, _, wrong):
    with pytest.raises(ConfigurationError, match="takes an async function, not"):
        recipe(wrong)


@pytest.mark.parametrize(
    "good",
    [fetch, Fetches(), functools.partial(fetch), promising, wrapping, lambda item: fetch(item)],
)
async def test_what_gives_something_to_await_is_taken(good):
    assert await sinks.collect(from_iterable(["a"]) | map_concurrent(good, 2)) == ["a"]


async def test_a_lambda_that_gives_nothing_to_await_says_so_in_the_stream():
    with pytest.raises(TypeError, match=r"map_concurrent\(\) awaits .* and it gave 'A'"):
        await sinks.drain(from_iterable(["a"]) | map_concurrent(lambda item: item.upper(), 2))
    with pytest.raises(TypeError, match=r"tee\(\) awaits .* and it gave None"):
        await sinks.drain(from_iterable(["a"]) | tee(lambda channel: None))


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda: pace(0), "positive number of characters a second, not 0"),
        (lambda: pace(True), "not True"),
        (lambda: from_iterable(3), "takes a list or another iterable, not 3"),
        (lambda: from_iterable(from_iterable("a")), "another iterable, not <Source"),
        (lambda: from_channel(3), "takes a trio.abc.ReceiveChannel, not 3"),
        (lambda: source(fetch), "an async generator function, which has a yield"),
        (lambda: source(3), "an async generator function"),
        (lambda: sinks.send_to(3), "takes a trio.abc.SendChannel, not 3"),
        (lambda: sinks.write_file(3), "needs the path of a file, such as 'answer.txt', not 3"),
        (lambda: sentences(language="xx"), "has tables for ar, bg, bn, cs"),
        (lambda: sentences(language="deu"), 'such as "en" or "pt-BR"'),
        (lambda: sentences(language=7), "not 7"),
        (lambda: stop_at(), "at least one string"),
        (lambda: stop_at(""), "non-empty str"),
        (lambda: stop_at(3), "non-empty str for strings, not 3"),
        (lambda: stop_at(["a", None]), "not None"),
        (lambda: text(index=-1), "index must be a whole number"),
        (lambda: redact("a", max_match=0), "max_match"),
        *(
            (functools.partial(recipe, max_hold=wrong), "max_hold")
            for recipe in (
                *(lines, words, sentences, paragraphs, markdown_blocks),
                *(json_values, partial_json, think_tags),
            )
            for wrong in (0, "1", True)
        ),
    ],
)
def test_options_are_refused_when_they_are_written(wrong, match):
    with pytest.raises(ConfigurationError, match=match):
        wrong()


def test_a_language_may_be_one_without_a_table_and_have_a_region():
    for language in ("ko", "pt-BR", "zh_Hant", "EN"):
        sentences(language=language)


async def test_the_bound_that_an_error_names_can_be_given():
    for recipe in (lines, words, sentences, paragraphs, markdown_blocks, json_values, partial_json):
        long = '{"' + "a" * 50
        with pytest.raises(Exception, match="longer than max_hold=20"):
            await sinks.drain(from_iterable([long]) | recipe(max_hold=20))


TEXT_RECIPES = {
    "words()": words(),
    "lines()": lines(),
    "sentences()": sentences(),
    "paragraphs()": paragraphs(),
    "markdown_blocks()": markdown_blocks(),
    "think_tags()": think_tags(),
    "stop_at()": stop_at("x"),
    "redact()": redact("x"),
    "buffer()": buffer(chars=2),
    "json_values()": json_values(),
    "partial_json()": partial_json(),
    "word_count()": word_count(),
    "typed()": typed(int),
    "elements()": elements(int),
    "text()": text(),
    "LineSplitter": transformer(LineSplitter, text=True),
}


@pytest.mark.parametrize("name", TEXT_RECIPES)
async def test_what_is_no_text_is_refused_with_what_to_write(name):
    for wrong, what in ((1, "int"), (("a", "b"), "tuple"), (None, "NoneType"), (["a"], "list")):
        expected = (
            f"{name} takes text or chunks, not {what}: write text() or map_each(str) before it"
        )
        with pytest.raises(TypeError, match=f"^{re.escape(expected)}$"):
            await sinks.drain(from_iterable([wrong]) | TEXT_RECIPES[name])
    with pytest.raises(TypeError, match="not bytes: decode them before it"):
        await sinks.drain(from_iterable([b"a\n"]) | TEXT_RECIPES[name])


@pytest.mark.parametrize(
    ("items", "names"),
    [
        (["a", TextChunk("b")], "TextChunk and str"),
        ([TextChunk("b"), "a"], "TextChunk and str"),
        ([1, "a"], "int and str"),
        (["a", 1], "int and str"),
        ([TextChunk("a"), b"b"], "TextChunk and bytes"),
    ],
)
@pytest.mark.parametrize("recipe", [buffer(2), buffer(seconds=1)], ids=repr)
async def test_what_cannot_be_joined_is_refused(items, names, recipe, autojump_clock):
    with pytest.raises(TypeError, match=rf"cannot join {names} to one item: write text\(\)"):
        await sinks.drain(from_iterable(items) | recipe)


def stage_that(feed=lambda item: [item], flush=list):
    class Mine:
        def feed(self, item):
            return feed(item)

        def flush(self):
            return flush()

    return Mine


@pytest.mark.parametrize("text_stage", [False, True])
@pytest.mark.parametrize("items", [["ab"], [TextChunk("ab")]], ids=["str", "chunks"])
@pytest.mark.parametrize("wrong", [None, "ab", b"ab", 3])
@pytest.mark.parametrize("method", ["feed", "flush", "both"])
async def test_a_stage_that_gives_no_list_is_refused(text_stage, items, wrong, method):
    made = stage_that(
        *([lambda _: wrong] if method != "flush" else []),
        **({"flush": lambda: wrong} if method != "feed" else {}),
    )
    recipe = transformer(made, text=True) if text_stage else transformer(made)
    with pytest.raises(TypeError, match=rf"Mine gave {wrong!r}: write 'return \[item\]' in feed"):
        await sinks.drain(from_iterable(items) | recipe)


async def test_a_stage_in_bulk_that_gives_no_list_is_refused():
    class Bulk(stage_that()):
        def feed_all(self, items):
            return "".join(items)

    with pytest.raises(TypeError, match="Bulk gave 'ab'"):
        await sinks.drain(from_iterable(["a", "b"]) | transformer(Bulk))


async def test_a_text_stage_that_gives_no_text_is_refused():
    made = transformer(stage_that(lambda text: [len(text)]), text=True)
    assert await sinks.collect(from_iterable(["ab"]) | made) == [2]
    with pytest.raises(TypeError, match="a text stage gives str, or chunks, and not 2"):
        await sinks.drain(from_iterable([TextChunk("ab")]) | made)


async def test_a_stage_may_be_a_generator_or_give_any_row_of_items():
    class Mine:
        def feed(self, item):
            yield item
            yield item

        def flush(self):
            return range(2)

    assert await sinks.collect(from_iterable(["a"]) | transformer(Mine)) == ["a", "a", 0, 1]
