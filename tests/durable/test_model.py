"""Memory and SQLite beside a model that is too simple to be wrong, step by step."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import attrs
import pytest
import trio
from hypothesis import settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from lionpride_trio.durable import State
from lionpride_trio.durable._memory import MemoryStore
from lionpride_trio.durable._sqlite import open_sqlite
from lionpride_trio.durable._store import End, LeaseLost

NAMES = st.sampled_from(["a", "b"])
WRITERS = st.sampled_from(["one", "two", "three"])
LEASES = st.sampled_from([1.0, 5.0])
ENDS = st.sampled_from([None, None, State.ENDED, State.STOPPED, State.FAILED])


@attrs.define
class Stream:
    writer: str
    lease_until: float
    keep_for: float | None
    items: list[str] = attrs.Factory(list)
    state: State = State.RUNNING
    ended: float | None = None
    asked_to_stop: bool = False


class Machine(RuleBasedStateMachine):
    """A store beside ``model``, which has by name what the store should have.  Each step is a run of trio."""

    def open_store(self):
        raise NotImplementedError

    def __init__(self):
        super().__init__()
        self.now = 1000.0
        self.model = {}
        self.made = 0
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "streams.db"
        self.memory = MemoryStore(lambda: self.now)

    def teardown(self):
        self.folder.cleanup()

    def step(self, method, *args):
        """Call the store's *method*; return its result, or its error if it refuses."""

        async def main():
            async with AsyncExitStack() as stack:
                store = await self.open_store(stack)
                try:
                    return await getattr(store, method)(*args)
                except LeaseLost:
                    return LeaseLost

        return trio.run(main)

    def find(self, name):
        stream = self.model.get(name)
        if stream is None or stream.ended is None or stream.keep_for is None:
            return stream
        if stream.ended + stream.keep_for > self.now:
            return stream
        del self.model[name]
        return None

    def running(self, name, writer):
        stream = self.find(name)
        return stream if stream and (stream.writer, stream.state) == (writer, "running") else None

    @rule(seconds=st.sampled_from([0.5, 2.0, 20.0]))
    def time_goes_by(self, seconds):
        self.now += seconds

    @rule(name=NAMES, writer=WRITERS, lease=LEASES, keep_for=st.sampled_from([None, 10.0]))
    def claim(self, name, writer, lease, keep_for):
        stream = self.find(name)
        if stream is None:
            stream = self.model[name] = Stream(writer, self.now + lease, keep_for)
        expected = stream.writer == writer
        assert self.step("claim", name, writer, lease, keep_for) is expected

    @rule(name=NAMES, writer=WRITERS, lease=LEASES)
    def take_over(self, name, writer, lease):
        stream = self.find(name)
        if stream is None:
            stream = self.model[name] = Stream(writer, self.now + lease, None)
        elif stream.state is not State.RUNNING or stream.lease_until <= self.now:
            stream.writer, stream.state, stream.ended = writer, State.RUNNING, None
            stream.lease_until, stream.keep_for = self.now + lease, None
            stream.asked_to_stop = False
        expected = stream.writer == writer
        assert self.step("take_over", name, writer, lease) is expected

    @rule(
        name=NAMES,
        writer=WRITERS,
        again=st.integers(0, 2),
        new=st.integers(0, 3),
        lease=LEASES,
        end=ENDS,
    )
    def append(self, name, writer, again, new, lease, end):
        there = self.find(name)
        written = list(there.items) if there else []
        again = min(again, len(written))
        items = written[len(written) - again :]
        for _ in range(new):
            self.made += 1
            items.append(f"item {self.made}")
        stream = self.running(name, writer)
        expected = None
        if stream is not None:
            stream.items += items[again:]
            stream.lease_until = self.now + lease
            if end is not None:
                stream.state, stream.ended = end, self.now
        elif not there or there.writer != writer or end is None or there.state != end:
            expected = LeaseLost
        first = len(written) - again + 1
        got = self.step("append", name, writer, first, items, lease, end and End(end))
        assert got is expected

    @rule(name=NAMES, writer=WRITERS, lease=LEASES)
    def renew(self, name, writer, lease):
        stream = self.running(name, writer)
        if stream is not None:
            stream.lease_until = self.now + lease
        expected = LeaseLost if stream is None else stream.asked_to_stop
        assert self.step("renew", name, writer, lease) == expected

    @rule(name=NAMES)
    def ask_to_stop(self, name):
        if stream := self.find(name):
            stream.asked_to_stop = True
        self.step("ask_to_stop", name)

    def expire_model(self, name):
        stream = self.find(name)
        if stream and stream.state is State.RUNNING and stream.lease_until <= self.now:
            stream.state, stream.ended = State.LOST, self.now

    @rule(name=NAMES)
    def expire(self, name):
        self.expire_model(name)
        self.step("expire", name)

    @rule()
    def sweep(self):
        for name in list(self.model):
            self.expire_model(name)
        self.step("sweep")

    @precondition(lambda self: self.model)
    @rule(name=NAMES)
    def delete(self, name):
        expected = self.find(name) is not None
        self.model.pop(name, None)
        assert self.step("delete", name) is expected

    @rule(name=NAMES, after=st.integers(0, 6), limit=st.integers(0, 4))
    def read(self, name, after, limit):
        stream = self.find(name)
        page = self.step("read", name, after, limit)
        if stream is None:
            assert page is None
            return
        assert list(page.items) == stream.items[after : after + limit]
        record = page.record
        assert (record.writer, record.state, record.items, record.ended) == (
            stream.writer,
            stream.state,
            len(stream.items),
            stream.ended,
        )
        assert record.lease_left == pytest.approx(stream.lease_until - self.now)

    @invariant()
    def all_are_listed(self):
        expected = {name: self.find(name).state for name in list(self.model) if self.find(name)}
        assert {record.name: record.state for record in self.step("records")} == expected


class MemoryMachine(Machine):
    async def open_store(self, stack):
        return self.memory


class SQLiteMachine(Machine):
    """Opened anew for each step: nothing but the database remembers."""

    async def open_store(self, stack):
        url = f"sqlite:///{self.path}"
        opened = open_sqlite(str(self.path), url, fsync=False, clock=lambda: self.now)
        return await stack.enter_async_context(opened)


@pytest.mark.parametrize(("machine", "examples"), [(MemoryMachine, 60), (SQLiteMachine, 15)])
def test_a_store_does_what_the_model_does(machine, examples):
    run_state_machine_as_test(
        machine, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
