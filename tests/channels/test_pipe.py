"""``|``: fused stages, sources, open channels, and what happens at their ends."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import (
    Chunk,
    LocalProtocolError,
    StreamTruncated,
    TextChunk,
    UsageChunk,
    sinks,
    source,
    transformer,
)
from lionpride_trio.stages import MapEach
from lionpride_trio.transformers import (
    buffer,
    from_channel,
    from_iterable,
    keep,
    lines,
    map_concurrent,
    map_each,
    prefetch,
    take,
    tap,
    text,
)


class Shout:
    def __init__(self, mark: str = "!") -> None:
        self._mark = mark

    def feed(self, item: str) -> list[str]:
        return [item.upper()]

    def flush(self) -> list[str]:
        return [self._mark]


@source
async def words(*given: str, then: Exception | None = None):
    for word in given:
        yield word
    if then is not None:
        raise then


async def test_a_pipeline_is_a_source_and_each_opening_a_run_of_its_own():
    pipeline = words("a", "b") | map_each(str.upper) | transformer(Shout)
    assert await sinks.collect(pipeline) == ["A", "B", "!"]
    assert await sinks.collect(pipeline) == ["A", "B", "!"]


async def test_a_stage_that_cannot_be_made_closes_what_was_opened():
    closed: list[bool] = []

    @source
    async def telling():
        try:
            yield "a"
            await trio.sleep_forever()
        finally:
            closed.append(True)

    def unmade():
        raise RuntimeError("no stage")

    before = trio.lowlevel.current_statistics().tasks_living
    for steps in (transformer(unmade), transformer(unmade) | prefetch(2)):
        with pytest.raises(RuntimeError, match="no stage"):
            async with telling() | prefetch(1) | steps:
                raise AssertionError("it was opened")
    assert trio.lowlevel.current_statistics().tasks_living == before


async def test_after_its_block_a_channel_hands_out_nothing_that_was_ready():
    for pipeline in (from_iterable(["a", "b"]), from_iterable(["a", "b"]) | map_each(str)):
        async with pipeline as channel:
            assert await channel.receive() == "a"
            assert channel.statistics().buffered == 1
        with pytest.raises(trio.ClosedResourceError):
            await channel.receive()


async def test_one_source_opened_twice_by_one_task_closes_the_inner_one_first():
    numbers = from_iterable([1, 2])
    async with numbers as outer:
        assert await outer.receive() == 1
        async with numbers as inner:
            assert await inner.receive() == 1
        with pytest.raises(trio.ClosedResourceError):
            await inner.receive()
        assert await outer.receive() == 2
    with pytest.raises(trio.ClosedResourceError):
        await outer.receive()


async def test_a_stage_of_ones_own_composes_with_every_kind_of_recipe():
    own = transformer(Shout)
    for recipe, expected in {
        own | prefetch(2): ["A", "B", "!"],
        prefetch(2) | own: ["A", "B", "!"],
        own | take(2): ["A", "B"],
        take(1) | own: ["A", "!"],
        own | buffer(count=2): ["AB", "!"],
        buffer(count=2) | own: ["AB", "!"],
        own | lines(): ["AB!"],
        lines() | own: ["AB", "!"],
        own | own: ["A", "B", "!", "!"],
        own | own | prefetch(2): ["A", "B", "!", "!"],
    }.items():
        assert await sinks.collect(words("a", "b") | recipe) == expected, recipe


async def test_one_recipe_serves_two_streams_at_once():
    recipe = buffer(count=2)
    async with words("a", "b", "c") | recipe as one, words("x", "y", "z") | recipe as other:
        got = [await one.receive(), await other.receive(), await one.receive()]
        assert got == ["ab", "xy", "c"]
        assert await other.receive() == "z"


async def test_a_stage_class_takes_its_arguments_when_called():
    assert await sinks.join(words("a") | transformer(Shout)("?")) == "A?"


async def test_recipes_compose_without_a_source():
    recipe = text() | map_each(str.upper)
    chunks = [TextChunk("a"), UsageChunk(), TextChunk("b")]
    assert await sinks.collect(from_iterable(chunks) | recipe) == ["A", "B"]
    assert repr(recipe) == "text() | map_each(upper)"


async def test_pipe_says_the_same():
    assert await sinks.collect(words("a").pipe(map_each(str.upper)).pipe(take(1))) == ["A"]


async def test_text_stages_leave_other_chunks_in_their_place():
    usage = UsageChunk()
    chunks = [TextChunk("a"), TextChunk("b"), TextChunk("c"), usage, TextChunk("d")]
    assert await sinks.collect(from_iterable(chunks) | buffer(count=2)) == [
        TextChunk("ab"),
        TextChunk("c"),
        usage,
        TextChunk("d"),
    ]
    assert await sinks.collect(from_iterable(chunks) | transformer(Shout, text=True)) == [
        TextChunk("A"),
        TextChunk("B"),
        TextChunk("C"),
        TextChunk("!"),
        usage,
        TextChunk("D"),
        TextChunk("!"),
    ]


async def test_alternative_answers_have_a_machine_each():
    chunks = [
        TextChunk(text, index=index) for text, index in (("a", 0), ("x", 1), ("b", 0), ("y", 1))
    ]
    assert await sinks.collect(from_iterable(chunks) | transformer(Shout, text=True)) == [
        TextChunk("A"),
        TextChunk("X", index=1),
        TextChunk("B"),
        TextChunk("Y", index=1),
        TextChunk("!"),
        TextChunk("!", index=1),
    ]


async def test_buffer_makes_text_of_text_and_lists_of_the_rest():
    assert await sinks.collect(from_iterable("abcde") | buffer(count=2)) == ["ab", "cd", "e"]
    assert await sinks.collect(from_iterable([1, 2, 3]) | buffer(2)) == [[1, 2], [3]]


async def test_a_failure_comes_after_all_that_came_before_it():
    failure = StreamTruncated("cut")
    async with words("a", "b", "c", then=failure) | buffer(count=2) as channel:
        assert [await channel.receive(), await channel.receive()] == ["ab", "c"]
        for _ in range(2):
            with pytest.raises(StreamTruncated) as caught:
                await channel.receive()
            assert caught.value is failure


async def test_a_stages_own_failure_comes_after_what_it_made_before():
    def refuse(item: str) -> str:
        if item == "c":
            raise KeyError(item)
        return item

    async with from_iterable("abcd") | map_each(refuse) | map_each(str.upper) as channel:
        assert [await channel.receive(), await channel.receive()] == ["A", "B"]
        with pytest.raises(KeyError, match="c"):
            await channel.receive()


class InBulk:
    """Takes what there is at once, as one who writes a stage for speed may do."""

    def feed(self, item: int) -> list[int]:
        return [item * 10]

    def feed_all(self, items: list[int]) -> list[int]:
        return [item * 10 for item in items]

    def flush(self) -> list[int]:
        return []


async def test_a_stage_in_bulk_loses_nothing_to_the_failure_of_one_before_it():
    pipeline = from_iterable([4, 2, 1, 0]) | map_each(lambda n: 8 // n) | transformer(InBulk)
    async with pipeline as channel:
        assert [await channel.receive() for _ in range(3)] == [20, 40, 80]
        with pytest.raises(ZeroDivisionError):
            await channel.receive()


async def test_each_item_goes_through_all_stages_before_the_next_one_does():
    seen: list[object] = []
    pipeline = from_iterable([1, 2]) | tap(seen.append) | map_each(str) | tap(seen.append)
    assert await sinks.collect(pipeline) == ["1", "2"]
    assert seen == [1, "1", 2, "2"]


@pytest.mark.parametrize("given", [list, iter])
async def test_what_comes_after_enough_is_not_looked_at(given):
    seen: list[int] = []
    pipeline = from_iterable(given([4, 2, 0, 1])) | tap(seen.append) | map_each(lambda n: 8 // n)
    assert await sinks.collect(pipeline | take(2)) == [2, 4]
    assert seen == [4, 2]


async def test_a_stop_iteration_of_a_function_is_no_end_of_the_stream():
    few = iter([10, 20])
    async with from_iterable([1, 2, 3, 4]) | map_each(lambda _: next(few)) as channel:
        assert [await channel.receive(), await channel.receive()] == [10, 20]
        with pytest.raises(RuntimeError) as caught:
            await channel.receive()
        assert isinstance(caught.value.__cause__, StopIteration)


@pytest.mark.parametrize("error", [StopIteration, StopAsyncIteration, trio.EndOfChannel])
@pytest.mark.parametrize("how", ["map_each", "stage", "flush", "source", "map_concurrent"])
async def test_what_means_an_end_elsewhere_is_a_failure_here(error, how):
    class Raises:
        def feed(self, item):
            if how == "stage":
                raise error
            return [item]

        def flush(self):
            raise error

    def raises(item):
        raise error

    async def raises_later(item):
        raise error

    @source
    async def ends():
        yield 1
        raise error

    pipeline = {
        "map_each": from_iterable([1]) | map_each(raises),
        "stage": from_iterable([1]) | transformer(Raises),
        "flush": from_iterable([1]) | transformer(Raises),
        "source": ends(),
        "map_concurrent": from_iterable([1]) | map_concurrent(raises_later, 1),
    }[how]
    with pytest.raises(RuntimeError):
        await sinks.collect(pipeline)


async def test_a_failure_of_another_librarys_channel_is_the_end():
    class Flaky(trio.abc.ReceiveChannel):
        def __init__(self):
            self.given = iter(["a", trio.BrokenResourceError("once"), "b"])

        async def receive(self):
            await trio.lowlevel.checkpoint()
            given = next(self.given)
            if isinstance(given, Exception):
                raise given
            return given

        async def aclose(self):
            await trio.lowlevel.checkpoint()

    for recipe in (map_each(str), buffer(count=1), buffer(seconds=0.001), prefetch(1)):
        got = []
        async with from_channel(Flaky()) | recipe as channel:
            for _ in range(3):
                with pytest.raises(trio.BrokenResourceError):
                    while True:
                        got.append(await channel.receive())
        assert got == ["a"]


async def test_take_ends_the_stream_and_reads_no_further():
    seen: list[int] = []
    pipeline = from_iterable(range(100)) | tap(seen.append) | take(3) | buffer(count=2)
    assert await sinks.collect(pipeline) == [[0, 1], [2]]
    assert seen == [0, 1, 2]
    assert await sinks.collect(from_iterable(range(9)) | take(0)) == []


async def test_an_open_channel_is_piped_on_and_stays_open():
    async with words("a", "b", "c") as channel:
        assert [item async for item in channel | map_each(str.upper) | take(2)] == ["A", "B"]
        assert await channel.receive() == "c"


async def test_what_needs_a_nursery_needs_a_block_over_an_open_channel():
    from lionpride_trio.transformers import prefetch

    async with words("a", "b") as channel:
        with pytest.raises(LocalProtocolError, match="async with"):
            async for _ in channel | prefetch(2):
                pass
        async with channel | prefetch(2) as ahead:
            assert [item async for item in ahead] == ["a", "b"]


async def test_a_source_without_an_owner_says_what_to_write():
    with pytest.raises(LocalProtocolError, match="async with"):
        async for _ in words("a") | map_each(str.upper):
            pass


@pytest.mark.parametrize("wrong", [map_each, print, 3, sinks.join])
async def test_what_is_no_recipe_is_refused_with_what_to_write(wrong):
    with pytest.raises(TypeError, match="must be a transformer"):
        words("a") | wrong
    with pytest.raises(TypeError, match="must be a transformer"):
        text().pipe(wrong)


async def test_a_trio_channel_is_a_source_too():
    send, receive = trio.open_memory_channel[str](3)
    with send, receive:
        for word in ("a", "b"):
            send.send_nowait(word)
        send.close()
        assert await sinks.join(from_channel(receive) | map_each(str.upper)) == "AB"


async def test_cancelling_a_receive_loses_nothing():
    async with words("a", "b", "c") | keep(bool) as channel:
        got = []
        for _ in range(3):
            with trio.CancelScope() as scope:
                scope.cancel()
                await channel.receive()
            got.append(await channel.receive())
        assert got == ["a", "b", "c"]


async def test_two_tasks_in_one_channel_are_refused():
    @source
    async def never():
        await trio.sleep_forever()
        yield ""

    async with never() | keep(bool) as channel, trio.open_nursery() as nursery:
        nursery.start_soon(channel.receive)
        await trio.testing.wait_all_tasks_blocked()
        with pytest.raises(trio.BusyResourceError):
            await channel.receive()
        nursery.cancel_scope.cancel()


async def test_a_closed_channel_says_so():
    async with words("a") | keep(bool) as channel:
        await channel.aclose()
        await channel.aclose()
        with pytest.raises(trio.ClosedResourceError):
            await channel.receive()
        with pytest.raises(trio.ClosedResourceError):
            async for _ in channel:
                pass


async def test_iterating_lets_others_run_although_items_are_ready():
    """A deadline fires over a source that is never empty."""
    count = 0
    async with from_iterable(iter(int, 1)) | map_each(lambda n: n) as channel:
        with trio.move_on_after(0):
            async for _ in channel:
                count += 1
    assert count <= 64


class Doubled(MapEach[str, str]):
    def feed(self, item: str) -> list[str]:
        return [*super().feed(item)] * 2


async def test_plain_stages_stand_between_any_others():
    chain = (
        map_each(str.strip)
        | keep(bool)
        | transformer(Doubled)(str.upper)
        | tap(lambda item: None)
        | map_each(lambda item: f"<{item}>")
        | take(3)
        | map_each(str.lower)
    )
    assert await sinks.collect(words(" a", " ", "b ", "c") | chain) == ["<a>", "<a>", "<b>"]


async def test_receiving_is_always_a_checkpoint():
    async with from_iterable(["a", "b", "c"]) as channel:
        for _ in range(3):
            with trio.testing.assert_checkpoints():
                await channel.receive()
        for _ in range(2):
            with trio.testing.assert_checkpoints(), pytest.raises(trio.EndOfChannel):
                await channel.receive()
    async with from_iterable(["a", "b", "c"]) as channel:
        with trio.testing.assert_checkpoints():
            await channel.receive_batch(1)
        with trio.testing.assert_checkpoints():
            await channel.receive_batch()


async def test_statistics_count_items_and_characters():
    async with from_iterable(["ab", "c", "def"]) | buffer(count=2) as channel:
        assert await channel.receive() == "abc"
        await channel.receive()
        stats = channel.statistics()
        assert (stats.items, stats.characters, stats.buffered, stats.waiting) == (2, 6, 0, False)


async def test_batches_give_what_is_ready():
    async with from_iterable([Chunk("a")]) as channel:
        assert [batch async for batch in channel.batches()] == [[Chunk("a")]]


async def test_one_source_object_is_opened_in_two_tasks_at_once():
    cold = words("a", "b")
    results: list[list[str]] = []

    async def read() -> None:
        results.append(await sinks.collect(cold))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        nursery.start_soon(read)
    assert results == [["a", "b"], ["a", "b"]]
