"""The clients that calls are made by."""

import httpx
import httpx2
import pytest

from lionpride_trio._transport import open_client
from tests.transport.calls import open_httpx

CLIENTS = {
    "ours": open_client,
    "httpx over ours": open_httpx,
    "httpx": httpx.AsyncClient,
    "httpx2": httpx2.AsyncClient,
}


@pytest.fixture(scope="module", params=CLIENTS)
def make_client(request):
    return CLIENTS[request.param]


@pytest.fixture
async def client(make_client):
    client = make_client()
    yield client
    await client.aclose()
