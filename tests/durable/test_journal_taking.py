"""Who takes a journal: what it reads before, what it refuses, and a journal that is deleted meanwhile."""

from __future__ import annotations

import attrs
import pytest
import trio

from lionpride_trio import ConfigurationError, LocalProtocolError, NotFound, WriterLost
from lionpride_trio.durable import State, map_durable, open_streams
from lionpride_trio.durable._store import End
from lionpride_trio.operations import Builder, flow
from tests.durable.journalled import one, two
from tests.durable.sources import read_all
from tests.durable.stores import LONG, items_of

NAME = "journal\0a"


class Chain:
    """A flow of three operations in a row, which says what ran; the last may wait for ever."""

    def __init__(self):
        self.ran = []
        self.waits = trio.Event()

    def build(self, word, *, waits=False):
        async def step(context):
            self.ran.append(word)
            if waits and context.operation.name == "third":
                self.waits.set()
                await trio.sleep_forever()
            return f"{context.operation.name} {word}"

        builder, before = Builder(), []
        for name in ("first", "second", "third"):
            before = [builder.add(step, name=name, depends_on=before)]
        return builder


def hear_waits(journal, heard):
    """Call *heard* whenever somebody has read all of the *journal* and waits for more."""
    news = journal._place.news

    async def spy(bell, record):
        await heard()
        await news(bell, record)

    journal._place = attrs.evolve(journal._place, news=spy)
    return journal


async def wait_a_moment(store):
    """Until each store has another time: Redis counts milliseconds."""
    await store.claim("moment", "one", LONG, None)
    while (await store.read("moment", 0, 0)).record.lease_left > LONG - 0.003:
        pass
    await store.delete("moment")


async def test_a_journal_that_is_deleted_while_it_is_followed_begins_anew(url):
    """Nothing of the deleted run counts, and what the new one writes is whole."""
    chain, follows, caught, results = Chain(), trio.Event(), [], []

    async def run_first(streams):
        with pytest.raises(WriterLost) as error:
            await flow(chain.build("old", waits=True), journal=streams.journal("a"))
        caught.append(str(error.value))

    async def heard():
        await trio.lowlevel.checkpoint()
        follows.set()

    async def run_second(streams):
        journal = hear_waits(streams.journal("a"), heard)
        results.append(await flow(chain.build("new"), journal=journal))

    async with open_streams(url) as streams:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(run_first, streams)
            await chain.waits.wait()
            nursery.start_soon(run_second, streams)
            await follows.wait()
            await wait_a_moment(streams._store)
            await streams.journal("a").delete()
        status = await streams.journal("a").status()
        assert (status.state, status.done, status.total) == (State.ENDED, 3, 3)
        results.append(await flow(chain.build("again"), journal=streams.journal("a")))
    expected = ["first new", "second new", "third new"]
    assert [list(result.values()) for result in results] == [expected, expected]
    assert chain.ran == ["old"] * 3 + ["new"] * 3
    assert caught == [
        "the journal 'a' was deleted while this run wrote it, so that the run cannot go on"
    ]


async def test_a_journal_that_was_made_anew_while_it_is_followed_is_read_from_its_beginning(url):
    chain = Chain()
    async with open_streams(url) as streams:
        store = streams._store
        await flow(chain.build("new"), journal=streams.journal("model"))
        lines = await items_of(store, "journal\0model")
        await flow(chain.build("old"), journal=streams.journal("a"))
        await store.take_over(NAME, "old", LONG)
        await wait_a_moment(store)

        async def make_anew():
            if (await store.read(NAME, 0, 0)).record.writer == "old":
                await store.delete(NAME)
                await store.take_over(NAME, "new", LONG)
                await store.append(NAME, "new", 1, lines, LONG, End(State.ENDED))

        journal = hear_waits(streams.journal("a"), make_anew)
        results = await flow(chain.build("again"), journal=journal)
        assert list(results.values()) == ["first new", "second new", "third new"]
        assert (await streams.journal("a").status()).done == 3
        written = await items_of(store, NAME)
        assert written[: len(lines)] == lines
        assert '"open":"flow"' in written[len(lines)]


async def test_a_journal_that_is_made_anew_while_its_status_is_read(url, monkeypatch):
    """What is told is that of the new one."""
    chain = Chain()
    async with open_streams(url) as streams:
        store = streams._store
        await flow(chain.build("old"), journal=streams.journal("a"))
        await wait_a_moment(store)
        read, made = store.read, []

        async def read_and_make_anew(name, position, limit):
            page = await read(name, position, limit)
            if position and not made:
                made.append(1)
                await store.delete(NAME)
                await store.take_over(NAME, "new", LONG)
                return await read(name, position, limit)
            return page

        monkeypatch.setattr(store, "read", read_and_make_anew)
        status = await streams.journal("a").status()
        assert (status.kind, status.state, status.done) == (None, State.RUNNING, 0)


async def test_a_run_that_was_deleted_and_made_anew_is_not_waited_for_when_it_was_to_stop(url):
    async with open_streams(url) as streams:
        store = streams._store
        await store.take_over(NAME, "old", LONG)
        await wait_a_moment(store)

        async def make_anew():
            await store.delete(NAME)
            await store.take_over(NAME, "new", LONG)

        with pytest.raises(NotFound):
            await hear_waits(streams.journal("a"), make_anew).stop()
        assert await store.renew(NAME, "new", LONG) is False  # it was not asked to stop


async def test_a_journal_of_another_kind_stays_as_it_is(url):
    builder = Builder()
    builder.add(one)
    async with open_streams(url) as streams:
        await flow(builder, journal=streams.journal("a"))
        before = await streams.journal("a").status()
        with pytest.raises(ConfigurationError, match="is that of a flow, not of a batch"):
            await read_all(map_durable(two, ["x"], journal=streams.journal("a")))
        assert await streams.journal("a").status() == before
        assert before.state is State.ENDED


async def test_a_run_of_another_kind_is_not_waited_for():
    chain = Chain()

    async def run(streams):
        await flow(chain.build("old", waits=True), journal=streams.journal("a"))

    async with open_streams("memory:") as streams, trio.open_nursery() as nursery:
        nursery.start_soon(run, streams)
        await chain.waits.wait()
        with pytest.raises(ConfigurationError, match="is that of a flow, not of a batch"):
            await read_all(map_durable(two, ["x"], journal=streams.journal("a")))
        assert (await streams.journal("a").status()).state is State.RUNNING
        nursery.cancel_scope.cancel()


def one_flow(work):
    builder = Builder()
    return builder, builder.add(work)


async def run_flow(work, journal):
    builder, operation = one_flow(work)
    return (await flow(builder, journal=journal))[operation]


async def run_batch(work, journal):
    (mapped,) = await read_all(map_durable(work, ["x"], journal=journal))
    return mapped.result


@pytest.mark.parametrize("run", [run_flow, run_batch])
async def test_a_run_inside_a_run_with_the_same_journal_is_refused(shared_url, run):
    """It would wait for itself.  Another journal is another's, and so is the same one beside it."""
    async with open_streams(shared_url) as streams, open_streams(shared_url) as others:

        async def inside(_):
            for opened in (streams, others):
                with pytest.raises(LocalProtocolError, match="the journal 'a' belongs to the run"):
                    await run(one, opened.journal("a"))
                with pytest.raises(trio.BusyResourceError):
                    await run(one, opened.journal("a", if_running="refuse"))
            return await run(one, streams.journal("b"))

        assert await run(inside, streams.journal("a")) == 1
        status = await streams.journal("a").status()
        assert (status.state, status.done) == (State.ENDED, 1)
