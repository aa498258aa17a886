"""The clock of an end that does not come, and that of bytes where a reader asks again and again."""

import pytest
import trio

from lionpride_trio import StreamTimeout, Timeouts, Verdict
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES
from tests.observe.recorder import event, model_of, saying

CHATS = [wire for wire in WIRES if wire.endpoint == "chat" and wire.provider != "ollama"]
ANTHROPIC, GEMINI = WIRES[2:4]
DONE = b"data: [DONE]\n\n"
PING = b": ping\n\n"
END_MARKS = {
    "anthropic": b'event: message_stop\ndata: {"type": "message_stop"}\n\n',
    "gemini": b"",
}


@pytest.mark.parametrize("wire", [*CHATS, ANTHROPIC, GEMINI], ids=str)
async def test_a_finish_reason_and_then_silence(wire, autojump_clock):
    """Only in the chat format an end mark is due at once, and its absence means nothing."""
    finished = wire.body[: len(wire.body) - len(END_MARKS.get(wire.provider, DONE))]
    async with FaultyServer(Answer(body=finished, then="stall")) as server:
        began = trio.current_time()
        got = await ask(wire.model(server))
        took = trio.current_time() - began
        await server.wait_idle()
    assert got.text == TEXT
    assert got.response.finish_reason is not None
    if wire in CHATS:
        assert got.error is None
        assert got.response.verdict is Verdict.COMPLETE
        assert took == pytest.approx(5, abs=0.2)
    else:
        assert type(got.error) is StreamTimeout
        assert got.error.clock == "byte_idle"
        assert took == pytest.approx(30, abs=0.2)


async def seconds_to_the_end(steps, ask_for=None, **timeouts):
    """When a reply ends that is asked *ask_for* seconds at a time, and how."""
    async with model_of(steps, retry=None, timeouts=Timeouts(**timeouts)).stream("?") as reply:
        for _ in range(1_000):
            try:
                with trio.move_on_after(ask_for or float("inf")):
                    await reply.receive()
            except trio.EndOfChannel:
                return trio.current_time(), reply.response
    raise AssertionError("it has no end")


@pytest.mark.parametrize("ask_for", [None, 1.0, 3.0])
@pytest.mark.parametrize("between", [[1.0, PING], [0.1, PING], [2.4, PING], []])
async def test_silence_after_a_finish_reason_is_silence_about_the_answer(
    between, ask_for, autojump_clock
):
    """Keep-alives do not prolong it, nor does a reader that asks again and again."""
    finished = [event("a"), 2.0, event(finish="stop")]
    steps = [*finished, *between * 200, 100.0]
    took, response = await seconds_to_the_end(steps, ask_for, content_idle=60)
    assert took == pytest.approx(7, abs=0.2)
    assert (response.text, response.verdict) == ("a", Verdict.COMPLETE)


@pytest.mark.parametrize("step", ["b", PING])
async def test_bytes_that_came_without_a_wait_begin_the_clock_of_bytes_anew(step, autojump_clock):
    """After a wait that was given up it has less left, until some come."""
    model = model_of(saying("a", 9.0, step, 5.0, "c"), timeouts=Timeouts(byte_idle=10))
    async with model.stream("?") as reply:
        assert (await reply.receive()).data == "a"
        with trio.move_on_after(8):
            await reply.receive()
        await trio.sleep(2)  # it comes while its reader is away
        text = "".join([chunk.data async for chunk in reply])
    assert text == ("bc" if step == "b" else "c")


async def test_a_wait_that_is_given_up_counts_with_the_next(autojump_clock):
    model = model_of(saying("a", 100.0), timeouts=Timeouts(byte_idle=10))
    async with model.stream("?") as reply:
        await reply.receive()
        with trio.move_on_after(8):
            await reply.receive()
        with pytest.raises(StreamTimeout):
            await reply.receive()
    assert trio.current_time() == pytest.approx(10)
