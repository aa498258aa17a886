"""The clock of an end that does not come."""

import pytest
import trio

from lionpride_trio import StreamTimeout, Verdict
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES

CHATS = [wire for wire in WIRES if wire.endpoint == "chat" and wire.provider != "ollama"]
ANTHROPIC, GEMINI = WIRES[2:4]
DONE = b"data: [DONE]\n\n"
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
