"""Whatever was answered, and however its caller left: the next call gets its own answer."""

import itertools
import socket
import threading
from contextlib import ExitStack, suppress
from functools import partial

import pytest
import trio
import trio.testing
from hypothesis import HealthCheck, given, settings, strategies as st

from lionpride_trio import Overloaded, RedirectRefused, Session, Verdict, iModel
from lionpride_trio._errors import NotAStream
from lionpride_trio._transport import open_client
from lionpride_trio.testing import FaultyServer
from tests.transport.authority import client_context, server_context
from tests.transport.calls import (
    KINDS,
    PIECES,
    Caller,
    Scripted,
    by_question,
    check,
    forged,
    model_of,
    open_httpx,
)

ANSWERS = st.builds(
    Scripted,
    kind=st.sampled_from(sorted(KINDS)),
    framing=st.sampled_from(["chunked", "length", "chunked", "length", "close"]),
    one_packet=st.booleans(),
    piece=st.sampled_from([None, None, 25, 150]),
)
CALLERS = st.one_of(
    st.builds(Caller, whole=st.booleans()),
    st.builds(Caller, leave_after=st.integers(0, PIECES)),
    st.builds(Caller, whole=st.booleans(), cancel_at=st.integers(1, 14)),
)
ROUNDS = st.lists(
    st.lists(st.tuples(ANSWERS, CALLERS), min_size=1, max_size=3), min_size=2, max_size=7
)
SCHEMES = {"http": (None, None), "https": (server_context(), client_context())}


OPENERS = {"ours": open_client, "httpx over ours": open_httpx}


async def drive(rounds, opener, server_tls, client_tls):
    """Ask in rounds: the calls of one run side by side, over one client."""
    numbers = itertools.count()
    named = [[(f"<{next(numbers)}>", *call) for call in calls] for calls in rounds]
    last = ("<last>", Scripted("good"), Caller())
    answers = {word: answer for calls in [*named, [last]] for word, answer, _ in calls}
    client = opener(ssl_context=client_tls)

    async def ask(word, answer, caller):
        check(answer, caller, word, await caller(model, word))

    async with FaultyServer(by_question(answers), ssl_context=server_tls) as server:
        model = model_of(server, client)
        for calls in [*named, [last]]:
            async with trio.open_nursery() as nursery:
                for call in calls:
                    nursery.start_soon(ask, *call)
        await client.aclose()
        await server.wait_idle()


@pytest.fixture(params=OPENERS)
def opener(request):
    return OPENERS[request.param]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_call_gets_its_own_answer(scheme, opener):
    slow = scheme == "https"

    @settings(
        max_examples=60 if slow else 200,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(ROUNDS)
    def property_holds(rounds):
        clock = trio.testing.MockClock(autojump_threshold=0)
        trio.run(drive, rounds, opener, *SCHEMES[scheme], clock=clock)

    property_holds()


REFUSED = {
    "a place elsewhere": RedirectRefused,
    "another place elsewhere": RedirectRefused,
    "an encoding that is not known": NotAStream,
    "unknown encoding and status": Overloaded,
}


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("kind", REFUSED)
async def test_a_refused_answer_whose_body_came_with_its_head(kind, framing, scheme, opener):
    server_tls, client_tls = SCHEMES[scheme]
    client = opener(ssl_context=client_tls)
    script = [Scripted(kind, framing), Scripted("good", framing)]
    async with FaultyServer(script, ssl_context=server_tls) as server:
        model = model_of(server, client)
        with pytest.raises(REFUSED[kind]):
            async with model.stream("first"):
                pass
        assert await Caller()(model, "second") == ("second" * PIECES, Verdict.COMPLETE)
        await client.aclose()


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("one_packet", [True, False])
async def test_surplus_is_no_ones_answer(scheme, one_packet, opener):
    """Over TLS it may be received and not yet decrypted, which the socket does not tell."""
    server_tls, client_tls = SCHEMES[scheme]
    client = opener(ssl_context=client_tls)
    script = [Scripted("surplus", "length", one_packet), Scripted("good")]
    async with FaultyServer(script, ssl_context=server_tls) as server:
        model = model_of(server, client)
        assert await Caller()(model, "one") == ("one" * PIECES, Verdict.COMPLETE)
        assert await Caller()(model, "two") == ("two" * PIECES, Verdict.COMPLETE)
        assert server.accepted == 2
        await client.aclose()


class Collected(trio.abc.SendStream):
    """Collects what is sent, to be sent in one packet."""

    def __init__(self):
        self.pieces = []

    async def send_all(self, data):
        await trio.lowlevel.checkpoint()
        self.pieces.append(bytes(data))

    async def wait_send_all_might_not_block(self):
        await trio.lowlevel.checkpoint()

    async def aclose(self):
        await trio.lowlevel.checkpoint()

    async def flush(self, stream):
        pieces, self.pieces = self.pieces, []
        await stream.send_all(b"".join(pieces))


async def test_surplus_in_a_record_of_its_own(opener):
    """Both records come in one packet: one is decrypted, the other is nowhere for the socket."""
    server_tls, client_tls = SCHEMES["https"]
    client = opener(ssl_context=client_tls)
    connections = itertools.count(1)

    async def serve(socket):
        assert next(connections) <= 2
        plain = trio.SSLStream(socket, server_tls, server_side=True)
        await plain.do_handshake()
        request = await plain.receive_some(65536)
        word = "one" if b"one" in request else "two"
        collected = Collected()
        plain.transport_stream = trio.StapledStream(collected, socket)
        await plain.send_all(forged(word))
        await plain.send_all(forged("forged"))
        await collected.flush(socket)
        with suppress(trio.BrokenResourceError):
            await socket.receive_some(1)

    async with trio.open_nursery() as nursery:
        serving = partial(trio.serve_tcp, serve, 0, host="127.0.0.1")
        (listener,) = await nursery.start(serving)
        port = listener.socket.getsockname()[1]
        base = f"https://127.0.0.1:{port}/v1"
        model = iModel(
            "openai", "m", api_key="sk-0123456789", base_url=base, http_client=client, retry=None
        )
        assert await Caller()(model, "one") == ("one" * PIECES, Verdict.COMPLETE)
        assert await Caller()(model, "two") == ("two" * PIECES, Verdict.COMPLETE)
        await client.aclose()
        nursery.cancel_scope.cancel()
    assert next(connections) == 3


async def test_a_deadline_that_passes_in_the_turn_in_which_the_answer_comes():
    """The loop was busy: it finds the answer there and the deadline gone, both at once."""
    answered, busy = threading.Event(), threading.Event()

    def received(connection):
        with suppress(ConnectionResetError):
            return connection.recv(65536)

    def serve(listener):
        with ExitStack() as connections:
            connection = connections.enter_context(listener.accept()[0])
            connection.recv(65536)
            busy.wait()
            connection.sendall(forged("Alice's balance is 7."))
            answered.set()
            if not received(connection):
                connection = connections.enter_context(listener.accept()[0])
                connection.recv(65536)
            connection.sendall(forged("Paris."))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        async with Session() as session, trio.open_nursery() as nursery:
            model = iModel("openai", "m", api_key="sk-0123456789", base_url=base, retry=None)
            session.services.register(model)

            async def compute():
                with trio.CancelScope(shield=True):
                    await trio.testing.wait_all_tasks_blocked()
                busy.set()
                answered.wait()  # blocks the loop on purpose, until the answer is there
                scope.cancel()

            with trio.CancelScope() as scope:
                nursery.start_soon(compute)
                async with model.stream("Alice's balance?") as reply:
                    await reply.receive()
            assert scope.cancelled_caught
            async with model.stream("Capital of France?") as reply:
                assert "".join([chunk.data async for chunk in reply]) == "Paris." * PIECES
        await trio.to_thread.run_sync(thread.join)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_cancelled_at_every_step_on_a_connection_that_goes_on(framing, whole, opener):
    """The next question goes to the same server, over the same connection if there is one."""
    client = opener()
    async with FaultyServer(Scripted("good", framing)) as server:
        model = model_of(server, client)
        for step in itertools.count(1):
            _, how = await Caller(whole=whole, cancel_at=step)(model, f"<{step}>")
            again = await Caller(whole=whole)(model, "again")
            assert again == ("again" * PIECES, Verdict.COMPLETE)
            if how is Verdict.COMPLETE:
                break
            assert how == "cancelled"
        await client.aclose()
    assert step >= 3
