"""A client of httpx's over our transport: what it adds to a model's calls, and how its answers are read."""

import gzip
import socket

import httpx
import httpx2
import pytest
import trio

from lionpride_trio import (
    ConnectionFailed,
    ConnectionLost,
    HTTPTransport,
    RedirectRefused,
    StreamTimeout,
    Timeouts,
)
from lionpride_trio._transport import json_request
from lionpride_trio._transport._connection import Connection
from lionpride_trio._transport._foreign import ForeignClient
from lionpride_trio.testing import Answer, FaultyServer, HangUp
from tests.faults.asking import ask
from tests.faults.wires import KEY, TEXT
from tests.transport.calls import open_httpx
from tests.transport.with_httpx import CHAT, PLAIN, at, exchange_over


async def test_hooks_see_the_requests_and_the_answers_of_a_model():
    seen = []

    async def before(request):
        seen.append(request.method)
        request.headers["x-from-hook"] = "yes"

    async def after(response):
        seen.append(response.status_code)

    hooks = {"request": [before], "response": [after]}
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        open_httpx(event_hooks=hooks) as client,
    ):
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        assert server.requests[0].headers["x-from-hook"] == "yes"
    assert seen == ["POST", 200]


@pytest.mark.parametrize("opener", [open_httpx, httpx.AsyncClient, httpx2.AsyncClient])
@pytest.mark.parametrize("packed", [False, True])
async def test_an_answer_that_a_hook_has_read_is_still_there(packed, opener):
    async def reads(response):
        await response.aread()

    headers = [("content-encoding", "gzip")] if packed else []
    answer = Answer(body=gzip.compress(CHAT.body) if packed else CHAT.body, headers=headers)
    async with (
        FaultyServer(answer) as server,
        opener(event_hooks={"response": [reads]}) as client,
    ):
        model = CHAT.model(server, http_client=client)
        assert (await ask(model)).text == TEXT
        assert (await ask(model)).text == TEXT


async def test_an_auth_asks_a_second_time():
    class Renewed(httpx.Auth):
        def auth_flow(self, request):
            request.headers["authorization"] = "old"
            response = yield request
            if response.status_code == 401:
                request.headers["authorization"] = "new"
                yield request

    script = [Answer(status=401, body=b"no"), Answer(body=CHAT.body)]
    async with FaultyServer(script) as server, open_httpx(auth=Renewed()) as client:
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        assert [one.headers["authorization"] for one in server.requests] == ["old", "new"]
        assert server.accepted == 1, "the answer of 401 was read to its end"


async def test_cookies_are_kept_as_httpx_keeps_them():
    answers = [
        Answer(body=b"1", **PLAIN, headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/")]),
        Answer(body=b"2", **PLAIN),
    ]
    async with FaultyServer(answers) as server, open_httpx() as client:
        first = await client.get(at(server))
        assert first.headers.get_list("set-cookie") == ["a=1", "b=2; Path=/"]
        await client.get(at(server))
        assert server.requests[1].headers["cookie"] == "a=1; b=2"


async def test_a_mount_is_asked_for_the_hosts_that_it_is_for():
    def handler(request):
        return httpx.Response(200, text="mounted")

    mounts = {"all://mounted.example": httpx.MockTransport(handler)}
    async with (
        FaultyServer(Answer(body=b"ours", **PLAIN)) as server,
        open_httpx(mounts=mounts) as client,
    ):
        assert (await client.get("http://mounted.example/")).text == "mounted"
        assert (await client.get(at(server))).text == "ours"
    ours = {"all://127.0.0.1": HTTPTransport()}
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx.AsyncClient(transport=httpx.MockTransport(handler), mounts=ours) as client,
    ):
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT


@pytest.mark.parametrize("opener", [open_httpx, httpx.AsyncClient, httpx2.AsyncClient])
async def test_redirects_are_followed_where_the_client_follows_them(opener):
    script = [
        Answer(status=307, headers=[("location", "/v1/elsewhere")], body=b"there"),
        Answer(body=CHAT.body),
    ]
    async with FaultyServer(script) as server, opener(follow_redirects=True) as client:
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        assert [one.target for one in server.requests] == ["/v1/chat/completions", "/v1/elsewhere"]
        assert server.requests[0].body == server.requests[1].body
        assert server.accepted == 1
    async with FaultyServer(script) as server, opener() as client:
        got = await ask(CHAT.model(server, http_client=client))
        assert type(got.error) is RedirectRefused
        assert len(server.requests) == 1


async def test_a_model_reads_from_the_connection_and_no_task_reads_ahead():
    async with FaultyServer(Answer(body=b"one", then="stall")) as server, open_httpx() as client:
        before = trio.lowlevel.current_statistics().tasks_living
        async with exchange_over(client, server) as exchange:
            assert isinstance(exchange._body, Connection)
            assert await exchange.receive() == b"one"
            # The server's own connection has one.
            assert trio.lowlevel.current_statistics().tasks_living == before + 1


async def test_a_transport_around_ours_sees_the_body_pass():
    """A stream of its own is read, and not passed by."""
    passed = []

    class Counted(httpx.AsyncByteStream):
        def __init__(self, stream):
            self._stream = stream

        async def __aiter__(self):
            async for piece in self._stream:
                passed.append(piece)
                yield piece

        async def aclose(self):
            await self._stream.aclose()

    class Around(HTTPTransport):
        async def handle_async_request(self, request):
            response = await super().handle_async_request(request)
            response.stream = Counted(response.stream)
            return response

    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx.AsyncClient(transport=Around()) as client,
    ):
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
    assert b"".join(passed) == CHAT.body


async def test_a_connection_serves_the_next_call_and_the_next_stranger():
    script = [Answer(body=CHAT.body), Answer(body=CHAT.body), Answer(body=b"x", **PLAIN)]
    async with FaultyServer(script) as server, open_httpx() as client:
        model = CHAT.model(server, http_client=client)
        for _ in range(2):
            assert (await ask(model)).text == TEXT
        assert (await client.get(at(server))).text == "x"
        assert server.accepted == 1


async def test_what_may_be_sent_but_once_goes_over_a_connection_of_its_own():
    """Nobody could tell whether the server has read it, where an idle one breaks."""
    async with FaultyServer(Answer(body=CHAT.body)) as server, open_httpx() as client:
        assert (await ask(CHAT.model(server, http_client=client))).text == TEXT
        async with exchange_over(client, server, once=True):
            assert server.accepted == 2
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        httpx2.AsyncClient() as client,
        exchange_over(client, server, once=True) as exchange,
    ):
        assert exchange.status == 200, "a client of another library is asked as it can be"


async def test_errors_are_those_of_our_own_client():
    """Their texts say what to write, and httpx's classes stand nowhere before them."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = taken.getsockname()[1]
        async with open_httpx() as client:
            with pytest.raises(
                ConnectionFailed, match=f"no connection to 127.0.0.1:{nobody}: Conn"
            ):
                async with ForeignClient(client).open_exchange(
                    json_request(
                        f"http://127.0.0.1:{nobody}/",
                        body={},
                        headers={},
                        connect=3,
                        send_idle=4,
                        wait=5,
                    )
                ):
                    pass
    async with FaultyServer([HangUp(), HangUp(reset=True)]) as server, open_httpx() as client:
        for _ in range(2):
            got = await ask(CHAT.model(server, http_client=client))
            assert type(got.error) is ConnectionLost
            assert "httpx" not in repr(got.error.__cause__)
            assert KEY not in repr(got.error.__cause__)


async def test_what_a_hook_raises_is_the_users_own():
    async def fails(response):
        raise KeyError("mine") from ConnectionLost("another call's")

    hooks = {"response": [fails]}
    async with (
        FaultyServer(Answer(body=CHAT.body)) as server,
        open_httpx(event_hooks=hooks) as client,
    ):
        with pytest.raises(KeyError, match="mine"):
            await ask(CHAT.model(server, http_client=client))
        await server.wait_idle()


async def test_the_clocks_of_a_model_hold(autojump_clock):
    settings = {"timeouts": Timeouts(first_content=7, byte_idle=3)}
    async with (
        FaultyServer(Answer(head=b"", then="stall")) as server,
        open_httpx(timeout=1) as client,
    ):
        got = await ask(CHAT.model(server, http_client=client, **settings))
        assert (type(got.error), got.error.clock) == (StreamTimeout, "first_content")
        assert trio.current_time() == pytest.approx(7)
    answer = Answer(body=CHAT.unended, then="stall")
    async with FaultyServer(answer) as server, open_httpx(timeout=1) as client:
        got = await ask(CHAT.model(server, http_client=client, **settings))
        assert (type(got.error), got.error.clock) == (StreamTimeout, "byte_idle")
