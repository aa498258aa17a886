"""People in the loop: a flow waits for an answer, and somebody sends it from anywhere, at any time."""

from __future__ import annotations

import contextlib

import pytest
import trio
import trio.testing

from lionpride_trio import ConfigurationError
from lionpride_trio.durable import open_streams
from lionpride_trio.operations import Builder, flow, flow_stream
from tests.durable.stores import LONG
from tests.durable.waiting import until_it_waits


class Drafts:
    """A flow that makes a draft, waits for the approval, and publishes."""

    def __init__(self):
        self.draft = "draft"
        self.published = []

    def __call__(self):
        builder = Builder()

        async def write(context):
            return self.draft

        async def publish(context):
            self.published.append([self.draft, context.results[self.approval]])

        draft = builder.add(write, parameters={"draft": self.draft})
        self.approval = builder.wait_for("approval", depends_on=[draft])
        builder.add(publish, depends_on=[self.approval])
        return builder


async def test_an_answer_from_another_process_lets_the_flow_go_on(url):
    drafts = Drafts()
    async with open_streams(url) as streams, open_streams(url) as others:
        second = streams if url == "memory:" else others
        async with trio.open_nursery() as nursery:
            nursery.start_soon(lambda: flow(drafts(), journal=streams.journal("run-7")))
            await until_it_waits(second)
            assert drafts.published == []
            assert await second.send("run-7", "approval", {"by": "Ada"}) is True
    assert drafts.published == [["draft", {"by": "Ada"}]]


async def test_an_answer_that_is_sent_before_anybody_waits_is_kept(url):
    drafts = Drafts()
    async with open_streams(url) as streams:
        assert await streams.send("run-7", "approval", True) is True
        assert await streams.send(streams.journal("run-7"), "approval", False) is False
        assert await streams.list() == ()
        assert await streams.journals() == ()
    if url != "memory:":  # a restart later
        async with open_streams(url) as streams:
            await flow(drafts(), journal=streams.journal("run-7"))
        assert drafts.published == [["draft", True]]


async def test_an_answer_that_was_taken_is_not_asked_for_again():
    drafts = Drafts()
    async with open_streams("memory:") as streams:
        await streams.send("run-7", "approval", "yes")
        for _ in range(2):
            await flow(drafts(), journal=streams.journal("run-7"))
    assert drafts.published == [["draft", "yes"]]


async def test_what_was_approved_is_not_what_has_changed():
    """Whoever approved an old draft is asked again for the new one; once."""
    drafts = Drafts()
    async with open_streams("memory:") as streams:
        await streams.send("run-7", "approval", "yes")
        await flow(drafts(), journal=streams.journal("run-7"))
        drafts.draft = "new draft"
        for _ in range(2):  # left, and begun again: what has changed is known by now
            async with flow_stream(drafts(), journal=streams.journal("run-7")):
                await trio.testing.wait_all_tasks_blocked()
            assert len(drafts.published) == 1
        assert await streams.send("run-7", "approval", "yes, too") is True
        await flow(drafts(), journal=streams.journal("run-7"))
    assert drafts.published == [["draft", "yes"], ["new draft", "yes, too"]]


async def test_an_answer_to_what_has_changed_since_does_not_count():
    """It came while no process ran the flow, and the next one has another draft."""
    drafts = Drafts()
    async with open_streams("memory:") as streams:
        async with flow_stream(drafts(), journal=streams.journal("run-7")):
            await trio.testing.wait_all_tasks_blocked()
        await streams.send("run-7", "approval", "yes, the old one")
        drafts.draft = "new draft"
        async with flow_stream(drafts(), journal=streams.journal("run-7")):
            await trio.testing.wait_all_tasks_blocked()
        assert drafts.published == []
        assert await streams.send("run-7", "approval", "yes, the new one") is True
        await flow(drafts(), journal=streams.journal("run-7"))
    assert drafts.published == [["new draft", "yes, the new one"]]


@pytest.mark.parametrize("changed", ["draft", "around"])
async def test_in_a_flow_inside_an_answer_to_what_has_changed_does_not_count(changed):
    """The flow is made by an operation while it runs, and is not known beforehand."""
    published = []

    def make(version):
        inside = {"draft": version} if changed == "draft" else {}

        async def around(context):
            builder = Builder()

            async def write(context):
                return version

            draft = builder.add(write, parameters=inside)
            approval = builder.wait_for("approval", depends_on=[draft])
            results = await context.run(builder.operations)
            published.append([results[draft], results[approval]])
            if inside and version == "old":
                raise OSError("killed")

        builder = Builder()
        builder.add(around, parameters={} if inside else {"draft": version})
        return builder

    async with open_streams("memory:") as streams:
        await streams.send("run-7", "approval", "yes, the old one")
        with contextlib.suppress(OSError):
            await flow(make("old"), journal=streams.journal("run-7"))
        for _ in range(2):
            async with flow_stream(make("new"), journal=streams.journal("run-7")):
                await trio.testing.wait_all_tasks_blocked()
        assert published == [["old", "yes, the old one"]]
        assert await streams.send("run-7", "approval", "yes, the new one") is True
        await flow(make("new"), journal=streams.journal("run-7"))
    assert published == [["old", "yes, the old one"], ["new", "yes, the new one"]]


async def test_an_answer_that_was_taken_in_a_flow_inside_is_not_asked_for_again():
    taken = []

    async def around(context):
        builder = Builder()
        approval = builder.wait_for("approval")
        taken.append((await context.run(builder.operations))[approval])
        if len(taken) == 1:
            raise OSError("killed")

    async with open_streams("memory:") as streams:
        await streams.send("run-7", "approval", "yes")
        for _ in range(2):
            builder = Builder()
            builder.add(around)
            with contextlib.suppress(OSError):
                await flow(builder, journal=streams.journal("run-7"))
    assert taken == ["yes", "yes"]


async def test_a_process_that_was_killed_as_it_forgot_an_answer():
    """The journal says that the answer does not count, and it is still there."""
    drafts = Drafts()
    async with open_streams("memory:") as streams:
        await streams.send("run-7", "approval", "old")
        await flow(drafts(), journal=streams.journal("run-7"))
        delete = streams._store.delete

        async def killed(name):
            raise OSError("killed")

        streams._store.delete = killed
        drafts.draft = "new draft"
        with pytest.raises(OSError, match="killed"):
            await flow(drafts(), journal=streams.journal("run-7"))
        streams._store.delete = delete
        async with flow_stream(drafts(), journal=streams.journal("run-7")):
            await trio.testing.wait_all_tasks_blocked()
    assert len(drafts.published) == 1


async def test_two_who_send_at_once(url):
    """One answer counts, and who sent it knows."""
    async with open_streams(url) as streams:
        sent = {}

        async def send(value):
            sent[value] = await streams.send("a", "approval", value)

        async with trio.open_nursery() as nursery:
            for value in range(5):
                nursery.start_soon(send, value)
        builder = Builder()
        approval = builder.wait_for("approval")
        results = await flow(builder, journal=streams.journal("a"))
    assert [value for value, counts in sent.items() if counts] == [results[approval]]


async def test_half_an_answer_does_not_block_the_next(monkeypatch):
    async with open_streams("memory:") as streams:
        store, name = streams._store, "answer\0a\0approval"
        await store.take_over(name, "dead", LONG)
        store._streams[name].lease_until = 0.0  # its sender was killed, a while ago
        assert await streams.send("a", "approval", 1) is True


async def test_deleting_a_run_forgets_what_was_sent_to_it():
    drafts = Drafts()
    async with open_streams("memory:") as streams:
        await streams.send("run-7", "approval", True)
        await streams.send("run-70", "approval", True)
        await flow(drafts(), journal=streams.journal("run-7"))
        await streams.journal("run-7").delete()
        assert await streams.send("run-7", "approval", True) is True
        assert await streams.send("run-70", "approval", True) is False


async def test_a_wait_takes_no_slot_and_may_have_a_timeout(autojump_clock):
    async with open_streams("memory:") as streams:
        builder = Builder()
        builder.wait_for("a", timeout=5)

        async def work(context):
            return 1

        other = builder.add(work)
        with pytest.raises(TimeoutError, match="'a' took longer than 5 s"):
            await flow(builder, journal=streams.journal("x"), max_concurrent=1)
        status = await streams.journal("x").status()
        assert {one.key: one.state for one in status.operations} == {"a": "failed", "work": "done"}
        assert other.name == "work"


async def test_what_is_wrong_is_refused_before_any_write():
    class Local:
        pass

    builder = Builder()
    for name in ("", "a\0b", "x" * 201, 7):
        with pytest.raises(ConfigurationError, match="the name of an answer is a text"):
            builder.wait_for(name)
    builder.wait_for("approval")
    with pytest.raises(ConfigurationError, match="write flow\\(builder, journal="):
        await flow(builder)
    with pytest.raises(ConfigurationError, match="write flow\\(builder, journal="):
        flow_stream(builder)
    async with open_streams("memory:") as streams:
        with pytest.raises(ConfigurationError, match="the answer 'approval' cannot be kept"):
            await streams.send("a", "approval", Local())
        with pytest.raises(ConfigurationError, match="the name of an answer is a text"):
            await streams.send("a", "", 1)
        inner = Builder()
        inner.wait_for("approval")
        builder.subflow(inner)
        with pytest.raises(
            ConfigurationError, match="two operations wait for the answer 'approval'"
        ):
            await flow(builder, journal=streams.journal("a"))
        assert await streams._store.records() == []
