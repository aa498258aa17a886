"""Model calls over real loopback HTTP, against a server that plays recorded bodies."""

from contextlib import asynccontextmanager, suppress
from functools import partial

import h11
import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import (
    AuthenticationError,
    ConfigurationError,
    LionprideError,
    LocalProtocolError,
    NotAStream,
    RedirectRefused,
    Session,
    StreamTimeout,
    StreamTruncated,
    Timeouts,
    Verdict,
    iModel,
)
from lionpride_trio.operations import communicate
from lionpride_trio.transformers import map_each, prefetch

HELLO = b"".join(
    b'data: {"id":"1","model":"m","choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n' % word
    for word in (b"Hel", b"lo ", b"you")
)
END = (
    b'data: {"id":"1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    b"data: [DONE]\n\n"
)
KEY = "sk-very-secret-key"


class Player:
    """Answers every request with one prepared answer; notes when clients go away."""

    def __init__(self, body, *, status=200, media="text/event-stream", hold=False, headers=()):
        self.body, self.status, self.media, self.hold = body, status, media, hold
        self.headers = list(headers)
        self.requests = []
        self.gone = trio.Event()

    async def __call__(self, stream):
        connection = h11.Connection(h11.SERVER)
        async with stream:
            while True:
                event = connection.next_event()
                if event is h11.NEED_DATA:
                    connection.receive_data(await stream.receive_some())
                elif isinstance(event, h11.Request):
                    self.requests.append(event)
                elif isinstance(event, h11.EndOfMessage):
                    break
                elif isinstance(event, h11.ConnectionClosed):
                    return
            head = [("content-type", self.media), ("connection", "close"), *self.headers]
            response = h11.Response(status_code=self.status, headers=head)
            await stream.send_all(connection.send(response))
            await stream.send_all(connection.send(h11.Data(data=self.body)))
            if self.hold:
                with suppress(trio.BrokenResourceError):
                    assert await stream.receive_some() == b""
                self.gone.set()
                return
            await stream.send_all(connection.send(h11.EndOfMessage()))


@asynccontextmanager
async def playing(*args, stream=True, timeouts=None, **kwargs):
    player = Player(*args, **kwargs)
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(partial(trio.serve_tcp, player, 0, host="127.0.0.1"))
        port = listeners[0].socket.getsockname()[1]
        model = iModel(
            provider="openai",
            model="m",
            stream=stream,
            api_key=KEY,
            base_url=f"http://127.0.0.1:{port}/v1",
            timeouts=timeouts,
            retry=None,
        )
        yield model, player
        nursery.cancel_scope.cancel()


async def test_a_reply_gives_its_chunks_and_adds_up():
    async with playing(HELLO + END) as (model, player):
        async with model.stream("hi") as reply:
            text = "".join([chunk.data async for chunk in reply])
        assert text == reply.response.text == "Hello you"
        assert reply.response.verdict is Verdict.COMPLETE
        headers = dict(player.requests[0].headers)
        assert headers[b"authorization"] == b"Bearer " + KEY.encode()
        assert headers[b"accept-encoding"] == b"identity"


async def test_a_session_owns_what_is_iterated_bare():
    async with playing(HELLO + END) as (model, _), Session() as session:
        session.services.register(model)
        assert "".join([chunk.data async for chunk in model.invoke("hi")]) == "Hello you"


async def test_without_an_open_owner_bare_iteration_says_what_to_write():
    async with playing(HELLO + END) as (model, _):
        with pytest.raises(LocalProtocolError, match="async with"):
            async for _ in model.invoke("hi"):
                pass


async def test_leaving_the_block_early_closes_the_socket():
    async with playing(HELLO, hold=True) as (model, player):
        async with model.stream("hi") as reply:
            async for _ in reply:
                break
        await player.gone.wait()
        assert reply.response.text.startswith("Hel")


async def test_leaving_the_session_closes_what_was_iterated_bare():
    async with playing(HELLO, hold=True) as (model, player):
        async with Session() as session:
            session.services.register(model)
            async for _ in model.invoke("hi"):
                break
        await player.gone.wait()


async def test_the_callers_exception_comes_out_as_it_is_and_the_socket_closes():
    async with playing(HELLO, hold=True) as (model, player):
        with pytest.raises(KeyError, match="mine"):
            async with Session() as session:
                session.services.register(model)
                async for _ in model.invoke("hi"):
                    raise KeyError("mine")
        await player.gone.wait()


@pytest.mark.parametrize(
    "further", [None, prefetch(1), map_each(str) | prefetch(1) | map_each(str)]
)
async def test_leaving_the_session_wakes_who_waits_for_what_it_owns(further):
    async def read(chunks):
        with pytest.raises(trio.ClosedResourceError):
            async for _ in chunks:
                pass
        with pytest.raises(trio.ClosedResourceError):
            await anext(chunks)

    async with playing(HELLO, hold=True) as (model, player), trio.open_nursery() as readers:
        async with Session() as session:
            session.services.register(model)
            reply = model.stream("hi")
            readers.start_soon(read, aiter(reply if further is None else reply | further))
            await wait_all_tasks_blocked()
        await player.gone.wait()


async def test_the_callers_exception_comes_out_though_it_is_cancelled_too():
    async with playing(HELLO, hold=True) as (model, _):
        with trio.CancelScope() as scope, pytest.raises(KeyError, match="mine"):
            async with model.stream("hi"):
                scope.cancel()
                raise KeyError("mine")


async def test_a_cancelled_receive_loses_nothing_and_can_be_asked_again():
    async with playing(HELLO, hold=True) as (model, player):
        async with model.stream("hi") as reply:
            words = [(await reply.receive()).data for _ in range(3)]
            with trio.CancelScope() as scope:
                scope.cancel()
                await reply.receive()
            with trio.move_on_after(0):
                await reply.receive()
        assert words == ["Hel", "lo ", "you"]
        await player.gone.wait()


async def test_an_answer_without_its_end_mark_is_truncated_after_its_chunks():
    async with playing(HELLO) as (model, _):
        said = []
        with pytest.raises(StreamTruncated) as caught:
            async with model.stream("hi") as reply:
                async for chunk in reply:
                    said.append(chunk.data)
        assert "".join(said) == caught.value.partial.text == "Hello you"
        assert caught.value.provider == "openai"


async def test_an_error_status_is_typed_and_shows_no_key():
    body = (
        b'{"error":{"message":"wrong key %s \\u001b[2J","code":"invalid_api_key"}}' % KEY.encode()
    )
    async with playing(body, status=401, media="application/json") as (model, _):
        with pytest.raises(AuthenticationError) as caught:
            async with model.stream("hi"):
                pass
        assert caught.value.status == 401
        assert KEY not in str(caught.value) + repr(caught.value) + repr(model)
        assert "\x1b" not in str(caught.value)


async def test_iterated_bare_an_error_comes_out_by_itself():
    for body, status in ((b"no", 401), (b"", 200), (HELLO, 200)):
        async with playing(body, status=status) as (model, _), Session() as session:
            session.services.register(model)
            with pytest.raises((AuthenticationError, StreamTruncated)) as caught:
                async for _ in model.invoke("hi"):
                    pass
            assert caught.value.model == "m"


async def test_a_reply_that_is_not_kept_has_its_verdict_and_no_text():
    async with playing(HELLO + END) as (model, _):
        async with model.stream("hi", keep=False) as reply:
            assert "".join([chunk.data async for chunk in reply]) == "Hello you"
        assert reply.response.text == ""
        assert reply.response.verdict is Verdict.COMPLETE


async def test_an_error_names_the_request():
    headers = [("x-request-id", "r-1")]
    for body, status in ((b"", 500), (HELLO, 200)):
        async with playing(body, status=status, headers=headers) as (model, _):
            with pytest.raises(LionprideError) as caught:
                async with model.stream("hi") as reply:
                    async for _ in reply:
                        pass
            assert caught.value.request_id == "r-1"


async def test_a_page_with_status_200_is_no_stream():
    async with playing(b"<html>login</html>", media="text/html") as (model, _):
        with pytest.raises(NotAStream, match="login"):
            async with model.stream("hi"):
                pass


async def test_a_redirect_is_refused():
    async with playing(b"", status=307, headers=[("location", "http://x/")]) as (model, _):
        with pytest.raises(RedirectRefused):
            async with model.stream("hi"):
                pass


async def test_keep_alives_do_not_feed_the_content_clock():
    timeouts = Timeouts(first_content=0.05, byte_idle=60)
    async with playing(b": ping\n\n", hold=True, timeouts=timeouts) as (model, _):
        with pytest.raises(StreamTimeout) as caught:
            async with model.stream("hi") as reply:
                await reply.receive()
        assert caught.value.clock == "first_content"
        assert isinstance(caught.value, TimeoutError)


async def test_a_whole_answer_equals_the_streamed_one():
    body = (
        b'{"id":"1","model":"m","object":"chat.completion","choices":[{"index":0,"message":'
        b'{"role":"assistant","content":"Hello you"},"finish_reason":"stop"}]}'
    )
    async with playing(HELLO + END) as (model, _), model.stream("hi") as reply:
        async for _ in reply:
            pass
    async with playing(body, media="application/json", stream=False) as (model, _):
        assert await model.invoke("hi") == reply.response


async def test_the_wrong_use_of_invoke_says_what_to_write():
    async with playing(b"") as (model, _):
        with pytest.raises(TypeError, match="async with"):
            await model.invoke("hi")
    async with playing(b"", stream=False) as (model, _):
        with pytest.raises(TypeError, match="await"):
            async for _ in model.invoke("hi"):
                pass


async def test_communicate_commits_both_turns_or_none():
    async with playing(HELLO + END) as (model, _), Session() as session:
        session.services.register(model)
        branch = session.create_branch(name="b")
        said = {"instruction": "hi", "imodel": "m"}
        assert await communicate(session=session, branch=branch, parameters=said) == "Hello you"
        assert [m.role for m in session.history(branch)] == ["user", "assistant"]
    async with playing(HELLO) as (model, _), Session() as session:
        session.services.register(model)
        branch = session.create_branch(name="b")
        with pytest.raises(StreamTruncated):
            await communicate(session=session, branch=branch, parameters=said)
        assert session.history(branch) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"provider": "opnai", "model": "m"}, "did you mean 'openai'"),
        ({"provider": "openai", "model": "m", "temprature": 1}, "did you mean 'temperature'"),
        ({"provider": "openai", "model": "m", "api_key": "a\r\nb"}, "printable ASCII"),
        ({"provider": "openai", "model": "m", "base_url": "ftp://x"}, "base_url"),
        ({"provider": "openai_compatible", "model": "m"}, "base_url="),
        ({"provider": "openai", "model": ""}, "model"),
        ({"provider": "gemini", "model": ".."}, "no model's name"),
    ],
)
def test_a_wrong_setting_is_refused_before_any_io(settings, words):
    with pytest.raises(ConfigurationError, match=words):
        iModel(**{"api_key": "k", **settings})
