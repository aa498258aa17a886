"""The clients that calls are made by, in an environment without proxies."""

import httpx
import httpx2
import pytest

from lionpride_trio import Session
from lionpride_trio._transport import open_client
from tests.faults.asking import ask
from tests.transport.calls import open_httpx
from tests.transport.routed import CHAT, NAMES

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


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(params=["the model", "its session"])
def call(request):
    """A call with settings of the model, without a session, or with those of its session."""

    async def of_model(server, **settings):
        return await ask(CHAT.model(server, **settings))

    async def of_session(server, **settings):
        async with Session(**settings) as session:
            model = CHAT.model(server)
            session.services.register(model)
            return await ask(model)

    return of_model if request.param == "the model" else of_session
