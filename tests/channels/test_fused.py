"""A pipe that was left early leaves the rest in its channel."""

import pytest
import trio

from lionpride_trio import FinishChunk, TextChunk, Verdict, sinks
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.transformers import (
    from_iterable,
    keep,
    map_each,
    sentences,
    stop_at,
    take,
    tap,
    text,
    transformer,
    words,
)
from tests.counting import numbers

WORDS = [f"{number} " for number in range(20)]


class Doubled:
    """A stage of one's own that gives two for one."""

    def feed(self, item):
        return [item, item]

    def flush(self):
        return []


def nothing(item):
    pass


LEFT = {  # a pipe, what is taken of it before it is left, and the next item of its channel
    "take": (take(3), None, "3 "),
    "take among others": (tap(nothing) | take(3) | map_each(str.strip), None, "3 "),
    "take of none": (take(0), None, "0 "),
    "stop_at": (stop_at("2 "), None, "3 "),
    "map_each": (map_each(str.strip), 2, "2 "),
    "keep": (keep(lambda word: word in {"0 ", "5 "}), 2, "6 "),
    "two for one": (transformer(Doubled), 3, "2 "),
    # `words` tells that a word has ended when the next one begins, and holds that.
    "words": (words(), 2, "3 "),
}


async def leave(channel, recipe, how_many, how):
    """Take *how_many* items of the pipe, or all that it gives, and leave it."""
    match how:
        case "bare loop":
            count = 0
            async for _ in channel | recipe:
                count += 1
                if count == how_many:
                    break
        case "block":
            async with channel | recipe as pipe:
                count = 0
                async for _ in pipe:
                    count += 1
                    if count == how_many:
                        break
        case "receive":
            async with channel | recipe as pipe:
                for _ in range(how_many or 3):
                    try:
                        await pipe.receive()
                    except trio.EndOfChannel:
                        break
        case "batches":
            async with channel | recipe as pipe:
                count = 0
                async for batch in pipe.batches(1):
                    count += len(batch)
                    if how_many is not None and count >= how_many:
                        break


@pytest.mark.parametrize("how", ["bare loop", "block", "receive", "batches"])
@pytest.mark.parametrize("name", LEFT)
async def test_the_rest_stays_in_the_channel(name, how):
    recipe, how_many, following = LEFT[name]
    async with from_iterable(WORDS) as channel:
        await leave(channel, recipe, how_many, how)
        rest = await sinks.collect(channel)
    assert rest == WORDS[WORDS.index(following) :]


async def test_nothing_is_lost_in_a_cancelled_pipe(autojump_clock):
    async with numbers(9, every=1) as channel:
        got = []
        async for number in channel | take(2):
            got.append(number)
        with trio.move_on_after(1.5):
            async for number in channel | map_each(lambda number: number):
                got.append(number)
        got += await sinks.collect(channel)
    assert got == list(range(9))


async def test_the_rest_of_a_reply():
    """On chunks of a real reply, whose response is whole whatever pipe reads it."""
    said = ["One. ", "Two", " and a ", "half. ", "Three.", " Four."]
    chunks = [*map(TextChunk, said), FinishChunk(verdict=Verdict.COMPLETE)]
    model = ScriptedProvider(chunks).model(stream=True)
    async with model.stream("hi") as reply:
        first = await sinks.join(reply | text() | take(1))
        async for sentence in reply | sentences():
            assert sentence.data.rstrip() == "Two and a half."
            break
        rest = await sinks.join(reply)
        assert first == "One. "
        assert rest == " Four."  # "Three." told the splitter that the sentence before it had ended
        assert reply.response.text == "".join(said)


async def test_a_pipe_and_its_channel_take_turns():
    async with from_iterable(range(12)) as channel:
        pipe = aiter(channel | map_each(lambda number: -number))
        got = []
        for _ in range(4):
            got += [await anext(pipe), await channel.receive()]
    assert got == [0, 1, -2, 3, -4, 5, -6, 7]
