"""Pages that wait, go away, and are slow."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    SinkError,
    Source,
    source,
)
from lionpride_trio.web import respond
from tests.counting import numbers
from tests.pages import read_and_leave
from tests.web.responding import BEAT, QUESTION, app_of, late, model_of, times, visited
from tests.web.visits import Visit, hypercorn_serves


async def test_the_head_waits_for_the_first_content(autojump_clock):
    visit = await visited(respond(late(9)))
    assert {when for when, _ in visit.sent} == {9}


async def test_a_late_answer_has_its_head_and_heartbeats(autojump_clock):
    visit = await visited(respond(late(50)))
    assert times(visit)[:4] == [(10, None), (10, BEAT), (25, BEAT), (40, BEAT)]
    assert [when for when, _ in visit.sent][4:] == [50, 50]
    assert visit.status == 200


async def test_other_times(autojump_clock):
    visit = await visited(respond(late(8), head_after=0, heartbeat=3))
    assert times(visit)[:4] == [(0, None), (0, BEAT), (3, BEAT), (6, BEAT)]


async def test_a_heartbeat_is_due_after_silence_alone(autojump_clock):
    @source
    async def paced():
        for seconds in (1, 4, 4, 9):
            await trio.sleep(seconds)
            yield "a"

    visit = await visited(respond(paced(), heartbeat=5))
    assert [when for when, body in times(visit) if body == BEAT] == [14]


@pytest.mark.parametrize("options", [{"heartbeat": None}, {"protocol": "text"}])
async def test_no_heartbeats_where_there_are_none(autojump_clock, options):
    visit = await visited(respond(late(50), **options))
    assert times(visit)[:2] == [(10, None), (10, b"")]
    assert [when for when, _ in visit.sent][2:] == [50, 50]


# Pages that go away, and slow ones


async def test_a_page_that_goes_while_nothing_is_sent_cancels_the_source(autojump_clock):
    left = []

    @source
    async def silent():
        yield "a"
        try:
            await trio.sleep(1000)
        finally:
            left.append(trio.current_time())

    visit = Visit()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit.to, respond(silent(), heartbeat=None))
        await trio.sleep(5)
        visit.has_gone.set()
    assert left == [5]
    assert not visit.is_whole


@pytest.mark.parametrize(
    "error", [LookupError("the order was not saved"), SinkError("full disk", sink="f")]
)
async def test_a_source_that_cannot_be_closed_is_felt_where_the_page_has_gone(
    error, autojump_clock, caplog
):
    @source
    async def saved():
        try:
            yield "a"
            await trio.sleep(1000)
        finally:
            raise error

    async def leave(visit):
        await trio.sleep(5)
        visit.has_gone.set()

    visit = Visit()
    raised = None
    async with trio.open_nursery() as nursery:
        nursery.start_soon(leave, visit)
        try:
            await visit.to(respond(saved(), heartbeat=None))
        except LookupError as caught:
            raised = caught
    assert raised is (error if isinstance(error, LookupError) else None)
    assert [record.getMessage() for record in caplog.records] == [
        f"an answer failed after its page had gone: {type(error).__name__}: {error}"
    ]


async def test_a_page_that_goes_before_the_head_cancels_the_opening(autojump_clock):
    visit = Visit()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit.to, respond(late(1000)))
        await trio.sleep(5)
        visit.has_gone.set()
    assert trio.current_time() == 5
    assert visit.sent == []


async def test_a_server_that_says_it_by_an_oserror():
    log = []
    visit = Visit()

    async def send(message):
        raise OSError("gone")

    visit.send = send
    await visit.to(respond(numbers(100, log=log)))
    assert log[-1] == "closed"
    assert len(log) < 5


async def test_a_slow_page_holds_the_source_back():
    log = []
    visit = Visit(takes=4)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(visit.to, respond(numbers(100, log=log)))
        await wait_all_tasks_blocked()
        assert log == [0, 1, 2, 3, 4]
        visit.goes_on.set()
    assert log[-1] == "closed"
    assert visit.is_whole


async def test_a_page_that_goes_closes_the_models_connection(server):
    app = app_of(lambda: model_of(server, "m-slow").stream(QUESTION))
    async with hypercorn_serves(app) as client:
        for n in range(3):
            assert b"200" in await read_and_leave(f"{client.base_url}", 1)
            await server.wait_active(0)
            assert server.requests[n].disconnected


async def test_a_slow_page_holds_the_models_server_back():
    made = []
    piece = "word " * 1000

    @source
    async def endless():
        while True:
            made.append(len(made))
            yield piece

    async with hypercorn_serves(app_of(endless)) as client:
        url = client.base_url
        stream = await trio.open_tcp_stream(url.host, url.port)
        async with stream:
            await stream.send_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
            await wait_all_tasks_blocked(0.1)
            held_at = len(made)
            await wait_all_tasks_blocked(0.1)
            assert len(made) == held_at  # all buffers on the way are full
            while len(made) == held_at:
                await stream.receive_some()


async def test_a_thousand_pages_that_come_and_go_leave_nothing_open():
    root = trio.lowlevel.current_root_task()

    def tasks(of=root):
        return sum(
            1 + tasks(each) for nursery in of.child_nurseries for each in nursery.child_tasks
        )

    opened = []

    @asynccontextmanager
    async def counted():
        opened.append(1)
        try:
            async with numbers(10) as channel:
                yield channel
        finally:
            opened.pop()

    async def come_and_go(n):
        visit = Visit(takes=2 + n % 5)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(visit.to, respond(Source(counted, name="counted")))
            await wait_all_tasks_blocked()
            assert opened
            if n % 3:
                visit.has_gone.set()
            else:
                visit.goes_on.set()

    before = tasks()
    for _ in range(10):
        async with trio.open_nursery() as nursery:
            for n in range(100):
                nursery.start_soon(come_and_go, n)
    assert opened == []
    assert tasks() == before


async def test_pages_over_loopback_that_come_and_go_leave_no_socket_open(server):
    app = app_of(lambda: model_of(server, "trigram-1-pieces-4000").stream(QUESTION))
    async with hypercorn_serves(app) as client:
        async with trio.open_nursery() as nursery:
            for n in range(50):
                nursery.start_soon(read_and_leave, f"{client.base_url}", 1 + n % 3)
        await server.wait_active(0)
        assert len(server.requests) == 50
