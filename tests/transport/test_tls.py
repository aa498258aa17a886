"""TLS over a stream that is read without waiting: records cut anywhere, ends, handshakes and who is trusted."""

import datetime as dt
import itertools
import shutil
import socket
import ssl
import subprocess
from contextlib import suppress

import pytest
import trio
from hypothesis import given, settings, strategies as st

from lionpride_trio import ConnectionFailed, Session, iModel
from lionpride_trio._transport._reading import receive
from lionpride_trio._transport._socket import NowaitStream, Socket
from lionpride_trio._transport._tls import TLSStream, default_context, open_tls
from lionpride_trio.testing import Answer, FaultyServer
from tests.faults.asking import ask
from tests.faults.wires import TEXT, WIRES
from tests.transport.authority import authority, client_context, server_context

CHAT = WIRES[0]


class Peer:
    """The server's end in memory: the test says which of its bytes arrive when."""

    def __init__(self, context):
        self.received, self.to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.received, self.to_send, server_side=True)

    def written(self, data):
        """The records of *data*."""
        self.tls.write(data)
        return self.to_send.read()

    def farewell(self):
        """The record of a ``close_notify``."""
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self.to_send.read()


class Packets(NowaitStream):
    """Gives what the test put into `packets`, one at a read; None is where nothing is there yet."""

    def __init__(self, peer):
        self.peer, self.packets = peer, []

    def receive_nowait(self, max_bytes=0):
        return self.packets.pop(0) if self.packets else None

    async def wait_readable(self):
        await trio.lowlevel.checkpoint()
        if not self.packets:
            await trio.sleep_forever()

    def wake(self):
        pass

    async def send_all(self, data):
        await trio.lowlevel.checkpoint()
        self.peer.received.write(data)
        with suppress(ssl.SSLWantReadError):
            self.peer.tls.do_handshake()
        if self.peer.to_send.pending:
            self.packets.append(self.peer.to_send.read())

    async def aclose(self):
        await trio.lowlevel.checkpoint()

    def close_nowait(self):
        pass


async def shaken(version=None):
    """A stream whose handshake is made, its packets, and its peer."""
    context = client_context()
    if version is not None:
        context.maximum_version = version
    peer = Peer(server_context())
    packets = Packets(peer)
    stream = TLSStream(packets, context, "127.0.0.1")
    await stream.do_handshake()
    while stream.receive_nowait() is not None:  # tickets of a session, which are no text
        pytest.fail("nothing was sent yet")
    return stream, packets, peer


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=50, deadline=None)
@given(
    texts=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=6),
    places=st.lists(st.integers(0, 5000), max_size=12),
    sizes=st.lists(st.integers(1, 30), min_size=1, max_size=5),
)
def test_records_cut_anywhere_are_the_same_text(version, texts, places, sizes):
    """However the network cuts them, and however much is asked for at a time."""

    async def main():
        stream, packets, peer = await shaken(version)
        raw = b"".join(map(peer.written, texts))
        cuts = sorted({place % (len(raw) + 1) for place in places} - {0, len(raw)})
        edges = [0, *cuts, len(raw)]
        pieces = [raw[a:b] for a, b in itertools.pairwise(edges)]
        for piece in pieces:
            packets.packets += [piece, None]
        got, asked = b"", 0
        while packets.packets or got != b"".join(texts):
            data = stream.receive_nowait(sizes[asked % len(sizes)])
            asked += 1
            got += data or b""
            assert asked < 5000, "a record is never given out"
        assert got == b"".join(texts)
        assert stream.receive_nowait() is None

    trio.run(main)


async def test_a_record_that_was_not_read_is_found_though_the_socket_is_empty():
    """Else it would be read as the answer of the next call."""
    stream, packets, peer = await shaken()
    packets.packets.append(peer.written(b"answer") + peer.written(b"surplus"))
    assert stream.receive_nowait(6) == b"answer"
    assert not packets.packets
    assert not stream.has_no_unread_bytes


@pytest.mark.parametrize("version", VERSIONS)
@settings(max_examples=50, deadline=None)
@given(
    texts=st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4),
    places=st.lists(st.integers(0, 500), max_size=6),
    cut=st.integers(0, 100),
)
def test_a_record_that_came_in_part_is_not_nothing(version, texts, places, cut):
    """Its rest would be read as the answer of the next call."""

    async def main():
        stream, packets, peer = await shaken(version)
        raw, surplus = b"".join(map(peer.written, texts)), peer.written(b"surplus")
        edges = [0, *sorted({place % (len(raw) + 1) for place in places} - {0, len(raw)}), len(raw)]
        packets.packets += [raw[a:b] for a, b in itertools.pairwise(edges)]
        packets.packets.append(surplus[: cut % len(surplus)] or None)
        got = b""
        while got != b"".join(texts):
            got += stream.receive_nowait()
        assert stream.has_no_unread_bytes is (cut % len(surplus) == 0)

    trio.run(main)


@pytest.mark.parametrize("size", [1, 5, 20, None])
async def test_what_came_since_the_last_read_is_found(size):
    """A read that empties the socket makes it skip a look; whoever gives it back has to look."""
    ours, theirs = socket.socketpair()
    context, peer, plain = client_context(), Peer(server_context()), Socket(theirs)
    stream = TLSStream(Socket(ours), context, "127.0.0.1")

    async def shake():
        while True:
            peer.received.write(await receive(plain))
            with suppress(ssl.SSLWantReadError):
                peer.tls.do_handshake()
                break
            await plain.send_all(peer.to_send.read())
        await plain.send_all(peer.to_send.read() + peer.written(b"answer"))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(shake)
        await stream.do_handshake()
        assert await receive(stream) == b"answer"
    await plain.send_all(peer.written(b"surplus")[:size])
    assert not stream.has_no_unread_bytes
    stream.close_nowait()
    plain.close_nowait()


@pytest.mark.parametrize("end", ["the connection", "its word", "its word and the connection"])
async def test_an_end_is_an_end_as_often_as_one_asks(end):
    stream, packets, peer = await shaken()
    packets.packets.append(peer.written(b"text"))
    if "word" in end:
        packets.packets.append(peer.farewell())
    if "connection" in end:
        packets.packets.append(b"")
    assert await receive(stream) == b"text"
    for _ in range(3):
        assert await receive(stream) == b""
    assert not stream.has_no_unread_bytes


async def test_bytes_that_are_no_record_break_it_after_what_came_before():
    stream, packets, peer = await shaken()
    packets.packets += [peer.written(b"text"), None, b"HTTP/1.1 400 Bad Request\r\n\r\n"]
    assert stream.receive_nowait() == b"text"
    assert stream.receive_nowait() is None
    with pytest.raises(trio.BrokenResourceError):
        stream.receive_nowait()


async def test_a_change_of_keys_is_no_text_and_no_failure():
    """TLS 1.3 changes keys at any time; ours are changed with the next request."""
    stream, packets, peer = await shaken(ssl.TLSVersion.TLSv1_3)
    packets.packets.append(peer.written(b"a"))
    assert stream.receive_nowait() == b"a"
    assert stream.receive_nowait() is None
    assert stream._tls.version() == "TLSv1.3"


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the program openssl")
async def test_another_handshake_is_refused(tmp_path):
    """By the context of the user's, which allows it, too: it would be made in the middle of an answer."""
    issued = authority().issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["openssl", "s_server", "-port", str(port), "-cert", str(tmp_path / "server.pem")]
    command += ["-tls1_2", "-legacy_renegotiation"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(  # ruff: ignore[create-subprocess-in-async-function] - its pipe is small
        command, stdin=subprocess.PIPE, **silent
    ) as server:
        try:
            stream = await open_when_it_listens(port)
            server.stdin.write(b"text\n")
            server.stdin.flush()
            assert await receive(stream) == b"text\n"
            server.stdin.write(b"R\n")  # its command to ask for another handshake
            server.stdin.flush()
            try:
                with (
                    trio.fail_after(20),
                    pytest.raises(trio.BrokenResourceError, match="handshake"),
                ):
                    await receive(stream)
            finally:
                await stream.aclose()
        finally:
            server.kill()


async def open_when_it_listens(port):
    with trio.fail_after(20):
        while True:
            plain = socket.socket()
            if plain.connect_ex(("127.0.0.1", port)) == 0:
                return await open_tls(Socket(plain), "127.0.0.1", client_context())
            plain.close()
            await trio.lowlevel.checkpoint()


def test_the_context_of_the_library_refuses_it_too():
    assert default_context().options & ssl.OP_NO_RENEGOTIATION
    assert default_context().verify_mode is ssl.CERT_REQUIRED
    assert default_context().check_hostname


async def failure_with(context, host="127.0.0.1", trusting=None):
    """The failure of a call to a server with that context, which has nothing to say."""
    async with FaultyServer(Answer(body=CHAT.body), ssl_context=context) as server:
        address = server.url("openai").replace("127.0.0.1", host)
        session = Session(ssl_context=trusting or client_context())
        async with session:
            model = iModel("openai", "m", api_key="k", base_url=address, retry=None)
            session.services.register(model)
            got = await ask(model)
        assert server.requests == []
    assert type(got.error) is ConnectionFailed
    return str(got.error)


async def test_a_server_of_another_name_is_not_asked():
    assert "127.0.0.1" in await failure_with(server_context("other.example"))


async def test_a_certificate_that_has_expired_is_not_trusted():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    authority().issue_cert("127.0.0.1", not_after=yesterday).configure_cert(context)
    assert "expired" in await failure_with(context)


async def test_an_unknown_authority_is_not_trusted_and_the_error_says_what_to_write():
    said = await failure_with(server_context(), trusting=ssl.create_default_context())
    assert "ssl_context=" in said


async def test_the_server_is_told_the_name_that_was_asked_for():
    names = []
    context = server_context("localhost")
    context.sni_callback = lambda _tls, name, _context: names.append(name)
    async with FaultyServer(Answer(body=CHAT.body), ssl_context=context) as server:
        session = Session(ssl_context=client_context())
        async with session:
            address = server.url("openai").replace("127.0.0.1", "localhost")
            model = iModel("openai", "m", api_key="k", base_url=address, retry=None)
            session.services.register(model)
            assert (await ask(model)).text == TEXT
    assert names == ["localhost"]


async def test_a_handshake_that_is_cut_is_no_connection():
    ours, theirs = socket.socketpair()
    with theirs:
        async with trio.open_nursery() as nursery:

            async def hang_up():
                stream = Socket(theirs.dup())
                await receive(stream)
                stream.close_nowait()
                theirs.shutdown(socket.SHUT_RDWR)

            nursery.start_soon(hang_up)
            with pytest.raises(trio.BrokenResourceError):
                await open_tls(Socket(ours), "127.0.0.1", client_context())
    assert ours.fileno() == -1, "and its socket is closed"
