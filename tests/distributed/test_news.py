"""Log records and events of a worker, told at home."""

from __future__ import annotations

import logging
import pickle

import trio

from lionpride_trio.distributed import remote, remote_options
from lionpride_trio.distributed._news import KEPT, Home, Newsroom, Wanted
from lionpride_trio.local import serve
from lionpride_trio.observe import Observer
from lionpride_trio.operations import Builder, flow
from lionpride_trio.transformers import text
from tests.distributed import jobs
from tests.distributed.fake_bridge import workers

__all__ = ["workers"]


def newsroom(levels=None):
    hurried = []
    return Newsroom(Wanted((), None, levels or {}), lambda: hurried.append(1)), hurried


async def test_a_record_is_told_as_it_was_said(caplog):
    news, hurried = newsroom()
    news.open()
    try:
        with caplog.at_level(logging.INFO):
            logger = logging.getLogger("tests.of.a.worker")
            logger.info("%s of %d", "one", 2, extra={"user": "me", "lock": trio.Event})
            logging.getLogger("ray.data").info("of Ray")
    finally:
        news.close()
    assert hurried == [1]
    taken = pickle.loads(pickle.dumps(news.take()))
    assert not news
    caplog.clear()
    with caplog.at_level(logging.INFO):
        Home().tell(taken)
    (record,) = caplog.records
    assert (record.name, record.getMessage(), record.user) == (
        "tests.of.a.worker",
        "one of 2",
        "me",
    )


async def test_a_logger_at_home_that_does_not_want_it(caplog):
    news, _ = newsroom()
    news.open()
    with caplog.at_level(logging.INFO):
        logging.getLogger("tests.of.a.worker").info("said")
    news.close()
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        Home().tell(news.take())
    assert caplog.records == []


async def test_news_are_bounded_and_what_is_lost_is_counted(caplog):
    news, _ = newsroom()
    for number in range(KEPT + 5):
        news.add(number)
    Home().tell(news.take()[:1])
    assert "5 log records and events of a worker were dropped" in caplog.text


async def test_the_worker_has_the_levels_of_home(monkeypatch):
    logger = logging.getLogger("tests.of.levels")
    logger.setLevel(logging.ERROR)
    levels = Home().wanted.levels
    assert levels["tests.of.levels"] == logging.ERROR
    assert levels[""] == logging.getLogger().level
    logger.setLevel(logging.NOTSET)
    news, _ = newsroom({"tests.of.levels": logging.DEBUG})
    news.open()
    news.close()
    assert logger.level == logging.DEBUG
    logger.setLevel(logging.NOTSET)


class Listens(Observer):
    def __init__(self):
        self.events = []

    def call_started(self, event):
        self.events.append(event)

    def chunks_received(self, event):
        self.events.append(event)

    def finished(self, event):
        self.events.append(event)


async def test_observers_hear_of_the_calls_there(workers):
    observer = Listens()
    async with serve() as server:
        began = trio.current_time()
        async with remote(jobs.asks, server.url("openai"), observers=[observer]) as channel:
            said = "".join([chunk async for chunk in channel | text()])
    assert said
    started, *middle, finished = observer.events
    assert {type(event).__name__ for event in middle} == {"ChunksReceived"}
    assert [started.told_as, finished.told_as] == ["call_started", "finished"]
    assert {event.call_id for event in observer.events} == {started.call_id}
    assert started.parent_id is None
    # By this run's clock, give or take what two machines' clocks differ by.
    times = [event.time for event in observer.events]
    assert began - 0.1 <= times[0] <= times[-1] <= trio.current_time() + 0.1
    assert times[0] <= middle[0].arrivals[0][0] <= times[-1]


async def test_observers_of_a_flow_hear_of_its_operations_there(workers):
    observer = Listens()
    async with serve() as server:
        builder = Builder()
        builder.add(
            jobs.asks_in_flow, on=remote_options(), parameters={"url": server.url("openai")}
        )
        await flow(builder, observers=[observer])
    parents = {event.parent_id for event in observer.events}
    assert len(observer.events) >= 3
    assert len(parents) == 1
    assert None not in parents


async def test_an_observer_that_raises_is_dropped(workers):
    called = []

    class Raises(Observer):
        def call_started(self, event):
            called.append(event)
            raise ValueError

        finished = call_started

    async with (
        serve() as server,
        remote(jobs.asks, server.url("openai"), observers=[Raises()]) as channel,
    ):
        assert [chunk async for chunk in channel]
    assert len(called) == 1
