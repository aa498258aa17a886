"""Clocks of a request that cannot be sent, and of an end that does not come."""

from functools import partial

import pytest
import trio

from lionpride_trio import StreamTimeout, Timeouts, Verdict, iModel
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT, WIRES

CHATS = [wire for wire in WIRES if wire.endpoint == "chat" and wire.provider != "ollama"]
ANTHROPIC, GEMINI = WIRES[2:4]
DONE = b"data: [DONE]\n\n"
END_MARKS = {
    "anthropic": b'event: message_stop\ndata: {"type": "message_stop"}\n\n',
    "gemini": b"",
}


async def test_a_request_that_nobody_reads(autojump_clock, nursery):
    """The system takes some of it; then nothing can be sent."""

    async def deaf(stream):
        await trio.sleep_forever()

    (listener,) = await nursery.start(partial(trio.serve_tcp, deaf, 0, host="127.0.0.1"))
    port = listener.socket.getsockname()[1]
    model = iModel(
        "openai",
        "m",
        api_key=KEY,
        base_url=f"http://127.0.0.1:{port}/v1",
        retry=None,
        timeouts=Timeouts(byte_idle=7),
    )
    began = trio.current_time()
    with pytest.raises(StreamTimeout) as caught:
        async with model.stream("x" * 30_000_000):
            pass
    assert caught.value.clock == "byte_idle"
    assert trio.current_time() - began == pytest.approx(7, abs=1)
    nursery.cancel_scope.cancel()


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
