"""Bodies of clients that are not ours."""

from contextlib import asynccontextmanager

import httpx
import pytest
import trio
import trio.testing

from lionpride_trio import ConnectionLost, StreamTimeout, Timeouts
from lionpride_trio._transport import as_transport, json_request
from lionpride_trio._transport._exchange import Exchange
from lionpride_trio._transport._pump import MOST_AHEAD, DirectBody, PumpedBody, ReadBody
from lionpride_trio._transport._reading import receive
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.wires import WIRES

CHAT = WIRES[0]


class Response:
    """A response of another client's, whose pieces come from *pieces*."""

    def __init__(self, pieces):
        self._pieces = pieces
        self.closed = False

    def aiter_raw(self):
        return self._pieces

    async def aclose(self):
        await trio.lowlevel.checkpoint()
        self.closed = True


@asynccontextmanager
async def pumped(pieces):
    body = PumpedBody(Response(pieces))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(body.pump)
        yield body
        await body.aclose(understood=False)


async def given(*pieces, told):
    """Pieces that are there without a wait, as those in one read of httpx's are."""
    for piece in pieces:
        told.append(piece)
        yield piece


async def test_a_piece_is_a_read_and_empty_ones_are_none():
    async with pumped(given(b"a", b"", b"b", told=[])) as body:
        assert [await receive(body) for _ in range(4)] == [b"a", b"b", b"", b""]


async def test_who_does_not_come_is_read_ahead_for_up_to_a_bound():
    told = []
    size = MOST_AHEAD // 4
    async with pumped(given(*[bytes([n]) * size for n in range(20)], told=told)) as body:
        await trio.testing.wait_all_tasks_blocked()
        assert len(told) == 5, "the one beyond the bound is held too"
        assert await receive(body) == b"\0" * size
        await trio.testing.wait_all_tasks_blocked()
        assert len(told) == 6
        rest = [await receive(body) for _ in range(19)]
        assert rest == [bytes([n]) * size for n in range(1, 20)]
        assert await receive(body) == b""


@pytest.mark.parametrize("understood", [True, False])
async def test_the_end_of_an_answer_that_was_understood_is_waited_for(understood, autojump_clock):
    """Without it the client could not let the connection serve again."""
    ended = []

    async def pieces():
        yield b"[DONE]"
        await trio.sleep(0.02)
        ended.append(True)

    async with pumped(pieces()) as body:
        assert await receive(body) == b"[DONE]"
        await body.aclose(understood=understood)
    assert ended == [True] * understood


async def test_the_end_is_waited_for_a_moment_only(autojump_clock):
    async def pieces():
        yield b"[DONE]"
        await trio.sleep_forever()

    async with pumped(pieces()) as body:
        assert await receive(body) == b"[DONE]"
        began = trio.current_time()
        await body.aclose(understood=True)
        assert trio.current_time() - began < 0.1


async def test_what_came_after_the_reader_had_looked_is_read(autojump_clock):
    send, pieces = trio.open_memory_channel(0)
    async with pumped(pieces) as body:
        exchange = Exchange(200, {}, body, sent_at=0)
        with trio.fail_after(5):
            for piece in (b"a", b"b"):
                assert exchange.receive_nowait() is None
                await send.send(piece)
                await trio.testing.wait_all_tasks_blocked()
                assert await exchange.receive() == piece
            assert exchange.receive_nowait() is None
            await send.aclose()
            await trio.testing.wait_all_tasks_blocked()
            assert await exchange.receive() == b""


async def test_a_closed_body_gives_nothing_more():
    async with pumped(given(b"a", b"b", told=[])) as body:
        assert await receive(body) == b"a"
        await body.aclose(understood=False)
        await body.aclose(understood=False)
        with pytest.raises(trio.ClosedResourceError):
            await receive(body)
        assert repr(body) == "<PumpedBody closed>"


# An answer that is read in one go.


async def test_a_body_that_its_reader_reads_itself():
    response = Response(given(b"a", b"", b"b", told=[]))
    body = DirectBody(response)
    assert [await receive(body) for _ in range(4)] == [b"a", b"b", b"", b""]
    assert repr(body) == "<DirectBody open>"
    await body.aclose(understood=True)
    await body.aclose(understood=True)
    assert response.closed
    assert repr(body) == "<DirectBody closed>"
    with pytest.raises(trio.ClosedResourceError):
        await receive(body)


async def test_after_a_read_that_was_cancelled_its_end_is_no_end(autojump_clock):
    async def pieces():
        yield b"a"
        await trio.sleep_forever()

    body = DirectBody(Response(pieces()))
    assert await receive(body) == b"a"
    with pytest.raises(trio.TooSlowError):
        await receive(body, trio.current_time() + 1)
    for _ in range(2):
        with pytest.raises(ConnectionLost, match="when a read of it was cancelled"):
            await receive(body)
    await body.aclose(understood=False)


async def test_what_its_client_raises_is_ours():
    async def pieces():
        yield b"a"
        raise httpx.ReadError("reset")

    body = DirectBody(Response(pieces()))
    assert await receive(body) == b"a"
    with pytest.raises(ConnectionLost, match="reset") as caught:
        await receive(body)
    assert isinstance(caught.value.__cause__, httpx.ReadError)
    body.abort_nowait()
    with pytest.raises(trio.ClosedResourceError):
        await receive(body)


async def test_for_a_whole_answer_no_task_reads():
    answer = Answer(body=b"{}", media="application/json")
    async with FaultyServer(answer) as server, httpx.AsyncClient() as client:
        request = json_request(
            server.url(), body={}, headers={}, connect=3, send_idle=4, wait=5, read_whole=True
        )
        before = trio.lowlevel.current_statistics().tasks_living
        for _ in range(2):
            async with as_transport(client).open_exchange(request) as exchange:
                assert (await exchange.receive(), await exchange.receive()) == (b"{}", b"")
                # The server's own connection has one.
                assert trio.lowlevel.current_statistics().tasks_living == before + 1
        assert server.accepted == 1


async def test_the_clocks_of_a_whole_answer_hold(autojump_clock):
    answer = Answer(body=b'{"choices": ', media="application/json", then="stall")
    async with FaultyServer(answer) as server, httpx.AsyncClient() as client:
        model = CHAT.model(server, http_client=client, timeouts=Timeouts(byte_idle=3, answer=9))
        with pytest.raises(StreamTimeout) as caught:
            await model.complete("hi")
        assert caught.value.clock == "answer"
        await server.wait_idle()


async def test_a_body_that_was_read_before():
    body = ReadBody(b"all")
    assert [await receive(body) for _ in range(2)] == [b"all", b""]
    await body.wait_readable()
    body.abort_nowait()
    body = ReadBody(b"all")
    await body.aclose(understood=True)
    assert await receive(body) == b""
