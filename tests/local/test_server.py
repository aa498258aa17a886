"""The server's life: starting, seeing clients go, and letting go of everything at once."""

import inspect
import subprocess
import sys
import warnings

import pytest
import trio
import trio.testing
from hypercorn.trio.tcp_server import TCPServer

from lionpride_trio import BadRequest, ConfigurationError, Session, iModel, local
from lionpride_trio.local._streaming import PacedBody


async def test_a_model_needs_no_more_than_the_name_local():
    outside = await iModel("local").complete("hi")
    async with Session() as session:
        model = iModel(provider="local", stream=True)
        session.services.register(model)
        text = "".join([chunk.data async for chunk in model.invoke("hi")])
        assert text == outside.text
        again = await model.complete("hi")
        assert again == outside
    async with model.stream("hi") as reply:
        async for _ in reply:
            pass
    assert reply.response == outside


async def test_each_provider_has_its_base_url():
    async with local.serve() as server:
        origin = f"http://127.0.0.1:{server.port}"
        urls = {name: server.url(name).removeprefix(origin) for name in local.PROVIDERS}
        with pytest.raises(ConfigurationError, match=r"no 'opnai'.*openai"):
            server.url("opnai")
    assert urls == {
        "openai": "/v1",
        "anthropic": "",
        "gemini": "",
        "groq": "/openai/v1",
        "openrouter": "/api/v1",
        "ollama": "",
        "openai_compatible": "/compatible/v1",
        "local": "/local/v1",
    }


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
async def test_it_is_reached_where_it_says(host):
    async with local.serve(host) as server:
        model = iModel("local", base_url=server.url("local"))
        assert (await model.complete("hi")).text


async def test_the_seed_changes_what_is_said():
    texts = set()
    for seed in (0, 0, 1):
        async with local.serve(seed=seed) as server:
            texts.add((await iModel("local", base_url=server.url("local")).complete("hi")).text)
    assert len(texts) == 2


@pytest.mark.parametrize("rate", [0, -1, float("nan")])
async def test_a_rate_of_nothing_is_refused(rate):
    with pytest.raises(ConfigurationError, match="rate"):
        async with local.serve(rate=rate):
            pytest.fail("it started")


async def test_the_rate_is_kept(autojump_clock):
    # The clock jumps whenever all wait, so the network costs nothing and each pause is exact.
    async with local.serve(rate=2) as server:
        model = iModel("local", "m-pieces-21", base_url=server.url("local"))
        began = trio.current_time()
        async with model.stream("hi") as reply:
            async for _ in reply:
                pass
        assert trio.current_time() - began >= 10.5


@pytest.mark.parametrize("strict", [True, False])
async def test_what_no_provider_takes_is_answered_by_a_lenient_server_alone(strict):
    async with local.serve(strict=strict) as server:
        assert server.strict is strict
        url = server.url("openai")
        model = iModel("openai", "m", api_key="k", base_url=url, extra_body={"wether": 1})
        asked = [{"role": "user", "content": "hi"}, {"role": "tool", "content": "no call"}]
        if strict:
            with pytest.raises(BadRequest, match="Unrecognized request argument supplied: wether"):
                await model.complete("hi")
            with pytest.raises(BadRequest, match="tool_call_id"):
                await iModel("openai", "m", api_key="k", base_url=url).complete(asked)
        else:
            assert (await model.complete(asked)).text


def test_a_server_is_strict_unless_it_is_told_not_to_be():
    assert inspect.signature(local.serve).parameters["strict"].default is True


async def test_requests_are_recorded(server):
    await iModel("openai", "m", api_key="k", base_url=server.url("openai")).complete("hi")
    [request] = server.requests
    await server.wait_requests(1)
    await request.wait_finished()
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == "Bearer k"
    assert request.json()["messages"] == [{"role": "user", "content": "hi"}]
    assert not request.disconnected


async def test_the_servers_end_is_seen_when_all_was_sent(ask, server):
    async with ask().stream("hi") as reply:
        async for _ in reply:
            pass
    await server.wait_active(0)
    assert not server.requests[-1].disconnected


async def test_an_early_break_is_seen(ask, server):
    async with ask("m-stall").stream("hi") as reply:
        async for chunk in reply:
            if chunk.data:
                break
        assert server.active == 1
    await server.requests[-1].wait_finished()
    assert server.requests[-1].disconnected
    assert server.active == 0
    assert reply.response.text


async def test_a_cancel_is_seen(ask, server):
    with trio.CancelScope() as scope:
        async with ask("m-stall").stream("hi") as reply:
            async for chunk in reply:
                if chunk.data:
                    scope.cancel()
    assert scope.cancelled_caught
    await server.wait_active(0)
    assert server.requests[-1].disconnected


async def test_the_consumers_exception_comes_out_plain_and_is_seen(ask, server):
    with pytest.raises(KeyError, match="mine"):
        async with ask("m-stall").stream("hi") as reply:
            async for _ in reply:
                raise KeyError("mine")
    await server.wait_active(0)
    assert server.requests[-1].disconnected


async def test_many_streams_at_once(server):
    model = iModel("local", "m-stall", base_url=server.url("local"))

    async def one():
        async with model.stream("hi") as reply:
            async for _ in reply:
                pass

    async with trio.open_nursery() as nursery:
        for _ in range(50):
            nursery.start_soon(one)
        await server.wait_active(50)
        nursery.cancel_scope.cancel()
    await server.wait_active(0)
    assert all(request.disconnected for request in server.requests)


async def test_it_ends_at_once_with_streams_open_and_a_client_that_does_not_read():
    async with trio.open_nursery() as nursery:

        async def ask_and_never_read(*, task_status):
            stream = await trio.open_tcp_stream("127.0.0.1", server.port)
            async with stream:
                body = b'{"model":"m-pieces-200000","stream":true,"messages":[{"role":"user","content":"hi"}]}'
                head = f"POST /local/v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
                await stream.send_all(head.encode() + body)
                await stream.receive_some(10)
                task_status.started()
                await trio.sleep_forever()

        async with local.serve() as server:
            await nursery.start(ask_and_never_read)
            await trio.testing.wait_all_tasks_blocked(0.01)  # the server's writes are stuck
        assert server.active == 0
        nursery.cancel_scope.cancel()


async def test_the_blocks_own_exception_comes_out_as_it_is():
    with pytest.raises(KeyError, match="mine"):
        async with local.serve():
            raise KeyError("mine")


@pytest.mark.parametrize("place", [(TCPServer, "protocol_send"), (PacedBody, "__anext__")])
async def test_ctrl_c_in_the_midst_of_an_answer_comes_out_of_its_block(monkeypatch, place):
    """Hypercorn alone would make a broken connection of it, and nothing more."""
    chunks = []
    struck = []
    stock = getattr(*place)

    async def strike(*args):
        if chunks and not struck:
            struck.append(True)
            raise KeyboardInterrupt
        return await stock(*args)

    monkeypatch.setattr(*place, strike)
    with pytest.raises(KeyboardInterrupt):
        async with iModel("local", "m-pieces-4000").stream("hi") as reply:
            async for chunk in reply:
                chunks.append(chunk)
    assert struck


async def test_it_starts_in_a_nursery():
    async def run(*, task_status):
        async with local.serve() as server:
            task_status.started(server)
            await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        server = await nursery.start(run)
        assert (await iModel("local", base_url=server.url("local")).complete("hi")).text
        nursery.cancel_scope.cancel()


async def test_a_port_in_use_is_an_os_error(server):
    with pytest.raises(OSError, match="in use"):
        async with local.serve(port=server.port):
            pytest.fail("it started twice")


async def test_a_broken_client_harms_no_other(server):
    for noise in (b"", b"\x16\x03\x01nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"POST / HT"):
        stream = await trio.open_tcp_stream("127.0.0.1", server.port)
        async with stream:
            await stream.send_all(noise)
    assert (await iModel("local", base_url=server.url("local")).complete("hi")).text


async def test_it_logs_nothing(server, capfd, caplog):
    with caplog.at_level(0, "hypercorn.error"), warnings.catch_warnings():
        warnings.simplefilter("error")
        await iModel("local", base_url=server.url("local")).complete("hi")
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("hypercorn")] == []


def run_python(program):
    command = [sys.executable, "-W", "error", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_package_itself_needs_neither_starlette_nor_hypercorn():
    program = (
        "import sys, lionpride_trio; "
        "print({'starlette', 'hypercorn', 'cyclopts'} & set(sys.modules))"
    )
    done = run_python(program)
    assert (done.stdout, done.stderr) == ("set()\n", "")


def test_a_missing_extra_says_what_to_install():
    program = """
import sys
sys.modules["starlette"] = None
import trio, lionpride_trio as lp
try:
    trio.run(lp.iModel("local").complete, "hi")
except lp.ConfigurationError as error:
    print(error)
"""
    done = run_python(program)
    expected = "the embedded server needs starlette: pip install 'lionpride_trio[cli]'\n"
    assert (done.stdout, done.stderr) == (expected, "")
