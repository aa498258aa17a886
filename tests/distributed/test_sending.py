"""What can be sent to another process, and what is refused with words that help."""

from __future__ import annotations

import functools
import pickle
import threading

import httpx
import pytest

from lionpride_trio import (
    ConfigurationError,
    Session,
    StreamTruncated,
    TextChunk,
    WorkerError,
    iModel,
)
from lionpride_trio.distributed import remote, remote_options
from lionpride_trio.distributed._sending import Batch, pack_batch, portable, unpack
from tests.distributed import jobs
from tests.distributed.fake_bridge import workers

__all__ = ["workers"]


def refused(*args, **options):
    with pytest.raises(ConfigurationError) as caught:
        remote(*args, **options)
    return str(caught.value)


def test_a_lambda_is_refused():
    assert "at the top level of a module" in refused(lambda: jobs.numbers(1))


def test_a_function_in_a_function_is_refused():
    def local():
        return jobs.numbers(1)

    assert "at the top level of a module" in refused(local)
    assert "at the top level of a module" in refused(functools.partial(local, 1))


def test_what_is_no_function_is_refused():
    assert "without calling it" in refused(jobs.numbers(1))


def test_a_lock_in_a_partial_is_refused():
    assert "in the function itself" in refused(functools.partial(jobs.numbers, threading.Lock()))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: iModel("openai", "m", api_key="sk-invented-key"), "iModel"),
        (lambda: iModel("local").stream("hi"), "ReplySource"),
        (threading.Lock, "lock"),
        (lambda: (number for number in [1]), "generator"),
    ],
)
def test_an_argument_that_cannot_be_sent_is_named(make, kind):
    argument = make()
    text = refused(jobs.asks, "fine", argument)
    assert f"argument 2, of type {kind}" in text
    assert "in the function itself" in text
    assert "sk-invented-key" not in text


async def test_an_open_client_and_an_open_session_are_refused():
    async with httpx.AsyncClient() as client, Session() as session:
        assert "argument 1, of type AsyncClient" in refused(jobs.asks, client)
        assert "argument 1, of type Session" in refused(jobs.asks, session)


@pytest.mark.parametrize("cpus", [-1, True, False, "1", float("nan")])
def test_processors_are_a_number(cpus):
    assert "num_cpus" in refused(jobs.numbers, 1, num_cpus=cpus)
    with pytest.raises(ConfigurationError, match="num_cpus"):
        remote_options(num_cpus=cpus)


def test_no_processors_may_be_reserved():
    assert remote_options(num_cpus=0).num_cpus == 0


def test_observers_are_checked():
    assert "observers=" in refused(jobs.numbers, 1, observers=[7])


def sent(batch):
    return unpack(pack_batch(batch, pickle.dumps))


def test_a_failure_keeps_its_class_and_what_it_has():
    error = StreamTruncated("cut", provider="openai", model="m")
    failure = sent(Batch([TextChunk("a")], True, error)).failure
    assert type(failure) is StreamTruncated
    assert (failure.message, failure.provider) == ("cut", "openai")


def test_a_failure_has_the_place_on_the_worker():
    try:
        raise jobs.Plain("text", 7)
    except jobs.Plain as error:
        failure = sent(Batch(failure=error)).failure
    assert type(failure) is jobs.Plain
    assert failure.args == ("text", 7)
    assert "test_a_failure_has_the_place_on_the_worker" in failure.__notes__[-1]


def test_a_failure_that_cannot_be_read_again_is_its_text():
    failure = portable(jobs.Odd("one", "two"), pickle.dumps)
    assert type(failure) is WorkerError
    assert str(failure) == "Odd: one and two"
    assert not failure.retryable


def test_a_failure_that_cannot_be_written_is_its_text():
    error = jobs.Plain("text")
    error.lock = threading.Lock()
    assert str(sent(Batch(failure=error)).failure) == "Plain: text"


def test_an_item_that_cannot_be_sent_ends_the_stream_after_those_before_it():
    batch = sent(Batch([1, threading.Lock(), 2], news=["heard", threading.Lock()]))
    assert (batch.items, batch.ended, batch.news) == ([1], True, ["heard"])
    assert "an item of type lock cannot be sent" in str(batch.failure)


def test_news_that_cannot_be_sent_are_left_out():
    batch = sent(Batch([1], news=[threading.Lock(), "heard"]))
    assert (batch.items, batch.ended, batch.news) == ([1], False, ["heard"])
