"""Ending a reply on purpose."""

import httpx
import pytest
import trio
import trio.testing

from lionpride_trio import TextChunk, ToolCallChunk, Verdict, iModel
from lionpride_trio.testing import Answer, FaultyServer, ScriptedProvider

HELLO = b'data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n'


@pytest.fixture(params=["own", "httpx"])
async def client(request):
    if request.param == "own":
        yield None
        return
    async with httpx.AsyncClient() as client:
        yield client


async def test_a_reader_that_waits_is_woken_and_the_connection_closes(client):

    async with FaultyServer([Answer(body=[HELLO], then="stall")]) as server:
        model = iModel(
            "openai_compatible", "m", base_url=server.url("openai"), api_key="k", http_client=client
        )
        async with model.stream("hi") as reply, trio.open_nursery() as nursery:
            texts = []

            async def read():
                async for chunk in reply:
                    texts.append(chunk.data)

            nursery.start_soon(read)
            await trio.testing.wait_all_tasks_blocked(0.01)
            reply.stop()
            nursery.start_soon(server.wait_idle)  # while the block is open
    assert "".join(texts) == "Hello"
    assert (reply.response.text, reply.response.verdict) == ("Hello", Verdict.STOPPED)


async def test_what_is_ready_is_read_and_calls_are_left_out_of_the_message(autojump_clock):
    provider = ScriptedProvider([
        TextChunk("Let me "),
        ToolCallChunk(id="c", name="look", arguments='{"a"'),
        60.0,
    ])
    async with provider.model(stream=True).stream("hi") as reply:
        await reply.receive()
        await reply.receive()
        reply.stop()
        reply.stop()
        assert [chunk async for chunk in reply] == []
    assert reply.response.verdict is Verdict.STOPPED
    assert [call.id for call in reply.response.tool_calls] == ["c"]
    assert reply.response.message.chat_msg() == {"role": "assistant", "content": "Let me "}


async def test_after_the_end_it_does_nothing():
    provider = ScriptedProvider("Hello")
    async with provider.model(stream=True).stream("hi") as reply:
        async for _ in reply:
            pass
        reply.stop()
    assert reply.response.verdict is Verdict.COMPLETE
