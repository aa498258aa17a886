"""Our own client as those see it who know httpx's."""

import gzip

import pytest

from lionpride_trio._transport import open_client
from lionpride_trio.testing import Answer, FaultyServer

BODY = b"data: 1\n\n" * 9


async def asked(client, server, **options):
    url = f"{server.url('openai')}/chat/completions"
    async with client.stream(
        "POST", url, content=b"{}", headers={"x-a": "b"}, **options
    ) as response:
        pieces = [piece async for piece in response.aiter_raw()]
    return response, b"".join(pieces)


async def test_a_response_has_its_head_and_its_body():
    client = open_client()
    async with FaultyServer(Answer(body=BODY, status=201)) as server:
        response, body = await asked(client, server, follow_redirects=False, timeout=(9, None))
        assert (response.status_code, body) == (201, BODY)
        assert response.headers["content-type"] == "text/event-stream"
        assert "201" in repr(response)
        (request,) = server.requests
        assert (request.method, request.body, request.headers["x-a"]) == ("POST", b"{}", "b")
        await client.aclose()


async def test_the_pieces_are_those_of_the_wire():
    """A recorder has to get an answer as it came."""
    client = open_client()
    packed = gzip.compress(BODY)
    answer = Answer(body=packed, headers=[("content-encoding", "gzip")])
    async with FaultyServer(answer) as server:
        assert (await asked(client, server))[1] == packed
        await client.aclose()


async def test_a_connection_whose_body_was_read_to_its_end_serves_again():
    client = open_client()
    async with FaultyServer(Answer(body=BODY)) as server:
        for _ in range(2):
            await asked(client, server)
        assert server.accepted == 1
        url = f"{server.url('openai')}/chat/completions"
        async with client.stream("POST", url):
            pass
        await asked(client, server)
        assert server.accepted == 2, "the one that was left is closed"
        await client.aclose()


@pytest.mark.parametrize("options", [{"params": {}}, {"follow_redirects": True}])
def test_what_it_does_not_know_it_refuses(options):
    with pytest.raises(TypeError, match=next(iter(options))):
        open_client().stream("POST", "http://x.example/", **options)
