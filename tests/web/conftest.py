"""The clients that the tests of this folder read with, and a server that its models ask."""

from __future__ import annotations

import pytest

from lionpride_trio import local
from tests.web import node_clients


@pytest.fixture(scope="session")
def _clients():
    node_clients.install()


@pytest.fixture
def client(_clients):
    """`node_clients.read_page`, with the clients installed."""
    return node_clients.read_page


@pytest.fixture
async def server():
    async with local.serve() as server:
        yield server
