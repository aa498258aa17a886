"""Looking at journals, and what is refused before one is written."""

from __future__ import annotations

import pytest

from lionpride_trio import (
    ConfigurationError,
    DecodeError,
    NotFound,
)
from lionpride_trio.durable import State, open_streams
from lionpride_trio.durable._store import End
from lionpride_trio.operations import Builder, flow, flow_stream
from tests.durable.journalled import one
from tests.durable.stores import LONG


async def test_the_status_of_a_run_tells_of_its_operations():
    async with open_streams("memory:") as streams:
        builder = Builder()
        first = builder.add(one, name="first")

        async def fail(context):
            raise ValueError("broken")

        builder.add(fail, depends_on=[first])
        with pytest.raises(ValueError, match="broken"):
            await flow(builder, journal=streams.journal("a"))
        status = await streams.journal("a").status()
        assert (status.id, status.kind, status.state) == ("a", "flow", State.FAILED)
        assert isinstance(status.error, ValueError)
        done, failed = status.operations
        assert (done.key, done.state, failed.state) == ("first", "done", "failed")
        assert done.began <= done.ended <= failed.began
        assert done.seconds >= 0
        assert str(failed.error) == "broken"
        assert await streams.list() == ()
        assert [one.id for one in await streams.journals()] == ["a"]
        await streams.journal("a").delete()
        assert await streams.journals() == ()
        for ask in (
            streams.journal("a").status,
            streams.journal("a").stop,
            streams.journal("a").delete,
        ):
            with pytest.raises(NotFound, match="no journal 'a'"):
                await ask()


@pytest.mark.parametrize("line", ["garbage", "{}", "[1]", '{"odd": 1}', '{"done": "one"}'])
async def test_a_damaged_journal_is_not_gone_on_with(line):
    async with open_streams("memory:") as streams:
        store, name = streams._store, "journal\0a"
        await store.take_over(name, "x", LONG)
        await store.append(name, "x", 1, [line], LONG, End(State.ENDED))
        builder = Builder()
        builder.add(one)
        with pytest.raises(DecodeError, match="is no line of a journal"):
            await flow(builder, journal=streams.journal("a"))
        with pytest.raises(DecodeError, match="is no line of a journal"):
            await streams.journal("a").status()


async def test_what_is_wrong_is_refused_before_anything_is_written():
    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.add(one)
        for wrong in ("", "a\0b", 7):
            with pytest.raises(ConfigurationError, match="a text of 1 to 500 characters"):
                streams.journal(wrong)
        with pytest.raises(ConfigurationError, match="if_running must be 'follow' or 'refuse'"):
            streams.journal("a", if_running="wait")
        with pytest.raises(ConfigurationError, match=r"what streams\.journal\('run-7'\) gives"):
            await flow(builder, journal="a")
        with pytest.raises(ConfigurationError, match="give one of them"):
            flow_stream(builder, journal=streams.journal("a"), results={})
        assert await streams.journals() == ()
