"""Lines of the log: one a call, and others by their levels."""

import json
import logging

import pytest
import structlog
import trio

from lionpride_trio import ConfigurationError, RateLimited, Retry, StreamTruncated
from lionpride_trio.observe import LogObserver
from lionpride_trio.operations import Builder, flow
from lionpride_trio.testing import Script, ScriptedProvider, tool_call
from lionpride_trio.tools import tool
from tests.observe.recorder import model_of, saying

REFUSED = Script([b'{"error": {"message": "the prompt again"}}'], status=429)


async def read(model):
    async with model.stream("?") as reply:
        async for _ in reply:
            pass


async def test_a_call_is_one_line_by_default(caplog, autojump_clock):
    caplog.set_level(logging.INFO, "lionpride_trio")
    await read(model_of(saying(1.0, "a", 2.0, "b"), observers=[LogObserver()]))
    (record,) = caplog.records
    assert record.levelname == "INFO"
    assert record.message == (
        "openai/m: ended (complete) after 3.000 s, first content after 1.000 s, 4 chunks,"
        " longest gap 2.000 s, 3 + 8 tokens"
    )
    assert record.kind == "finished"
    assert (record.provider, record.model, record.outcome) == ("openai", "m", "ended")
    assert record.first_content == pytest.approx(1.0)
    assert record.output_tokens == 8
    assert record.tokens_per_second == pytest.approx(4.0)


async def test_a_failure_is_a_warning_and_quotes_no_server(caplog):
    caplog.set_level(logging.INFO, "lionpride_trio")
    with pytest.raises(RateLimited):
        await read(model_of(REFUSED, retry=None, observers=[LogObserver()]))
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "failed (RateLimited)" in record.message
    assert "prompt" not in record.message
    assert (record.error, record.status) == ("RateLimited", 429)


async def test_a_retry_is_one_record_whoever_writes_it(caplog, autojump_clock):
    caplog.set_level(logging.INFO)
    retry = Retry(wait_jitter=0)
    await read(model_of(REFUSED, saying("a"), retry=retry, observers=[LogObserver()]))
    assert [one.name for one in caplog.records if "attempt 1" in one.message] == ["lionpride_trio"]
    assert "2 attempts" in caplog.records[-1].message
    caplog.clear()
    logger = logging.getLogger("mine")
    await read(model_of(REFUSED, saying("a"), retry=retry, observers=[LogObserver(logger)]))
    (record,) = [one for one in caplog.records if one.name == "mine" and one.kind == "retried"]
    assert record.levelname == "WARNING"
    assert record.message == "openai/m: attempt 1 failed (RateLimited), the next in 0.50 s"
    assert (record.attempt, record.delay, record.status) == (1, 0.5, 429)


async def test_stalls_and_waits_have_levels_of_their_own(caplog, autojump_clock):
    caplog.set_level(logging.INFO, "mine")
    observer = LogObserver("mine", waits=logging.INFO, stalls=logging.ERROR, calls=None)
    model = model_of(saying("a", 20.0, "b"), observers=[observer], max_concurrent=1, limit_requests=1)  # fmt: skip
    async with trio.open_nursery() as nursery:
        nursery.start_soon(read, model)
        nursery.start_soon(read, model)
    told = [(one.levelname, one.message) for one in caplog.records if one.name == "mine"]
    assert told == [
        ("INFO", "openai/m: waits for a slot"),
        ("ERROR", "openai/m: nothing came from the server for 15.0 s, of 30 s that byte_idle allows"),
        ("INFO", "openai/m: waits for a limit, about 40.0 s"),
        ("ERROR", "openai/m: nothing came from the server for 15.0 s, of 30 s that byte_idle allows"),
    ]  # fmt: skip


async def test_a_reader_that_stalls_is_told_as_one(caplog, autojump_clock):
    caplog.set_level(logging.WARNING, "mine")
    async with model_of(saying("a", "b"), observers=[LogObserver("mine")]).stream("?") as reply:
        await reply.receive()
        await trio.sleep(20)
    (record,) = caplog.records
    assert record.message == "openai/m: nothing was read for 20.0 s, of 30 s that byte_idle allows"
    assert record.slow == "reader"


@tool
async def weather(city: str) -> str:
    "The weather now."
    raise ZeroDivisionError(city)


async def test_all_else_are_steps(caplog):
    caplog.set_level(logging.DEBUG, "mine")
    provider = ScriptedProvider([tool_call("weather", city="Oslo")], "Yes.")
    observer = LogObserver("mine", calls=None, steps=logging.DEBUG)
    async with provider.model(stream=True, observers=[observer]).converse("?", tools=[weather]) as turn:  # fmt: skip
        async for _ in turn:
            pass

    async def work(context):
        return 1

    builder = Builder()
    builder.add(work, name="work")
    await flow(builder, observers=[observer])
    said = [one.message.partition(": ")[2] or one.message for one in caplog.records]
    assert "tool weather failed (ZeroDivisionError)" in said
    assert "turn ended" in said
    assert "operation work ended" in said
    assert "flow ended" in said
    assert "answered with the status 200" in said
    assert {one.levelname for one in caplog.records} == {"DEBUG"}


async def test_a_name_forges_no_line_and_commands_no_terminal(caplog):
    caplog.set_level(logging.DEBUG, "mine")
    name = "a\nWARNING forged\x1b[31m\u202e"

    async def work(context):
        raise type(name, (ValueError,), {})("no")

    builder = Builder()
    builder.add(work, name=name)
    with pytest.raises(ValueError, match="no"):
        await flow(builder, observers=[LogObserver("mine")])
    shown = "a WARNING forged\\x1b[31m\\u202e"
    (record,) = [one for one in caplog.records if one.kind == "operation_finished"]
    assert record.message == f"operation {shown} failed ({shown})"
    assert record.operation == name  # the field is the name itself, for programs


async def test_a_cut_reply_says_so(caplog):
    caplog.set_level(logging.INFO, "lionpride_trio")
    with pytest.raises(StreamTruncated):
        await read(model_of(saying("a", end=False), observers=[LogObserver()]))
    assert "failed (StreamTruncated)" in caplog.records[-1].message


async def test_structlog_finds_the_fields(autojump_clock):
    lines = []
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    )

    class Handler(logging.Handler):
        def emit(self, record):
            lines.append(json.loads(self.format(record)))

    handler = Handler()
    handler.setFormatter(formatter)
    logger = logging.getLogger("structured")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(handler)
    await read(model_of(saying("a", 1.0), observers=[LogObserver(logger)]))
    (line,) = lines
    assert line["event"].startswith("openai/m: ended (complete)")
    assert line["level"] == "info"
    assert line["kind"] == "finished"
    assert line["chunks"] == 3
    assert line["seconds"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"calls": "INFO"}, "calls= takes a level"), ({"stalls": True}, "stalls= takes a level"), ({"logger": 1}, "logger= takes a logger")],
)  # fmt: skip
def test_what_is_no_level_is_refused(wrong, words):
    with pytest.raises(ConfigurationError) as caught:
        LogObserver(**wrong)
    assert words in str(caught.value)
