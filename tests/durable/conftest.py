"""The stores that the tests of this folder run on."""

from __future__ import annotations

import itertools

import pytest

from lionpride_trio.durable import _run, _sqlite, _transactions
from tests.durable.servers import redis_server

_numbers = itertools.count()


@pytest.fixture(scope="session")
def redis():
    """The address of a Redis server that the tests of this session share."""
    with redis_server() as server:
        yield server


@pytest.fixture(params=["memory", "sqlite", "redis"])
def url(request, tmp_path):
    """The URL of an empty store, of each kind."""
    return url_of(request.param, request, tmp_path)


@pytest.fixture(params=["sqlite", "redis"])
def shared_url(request, tmp_path):
    """The URL of an empty store that several processes can open."""
    return url_of(request.param, request, tmp_path)


def url_of(kind, request, tmp_path):
    match kind:
        case "memory":
            return "memory:"
        case "sqlite":
            return f"sqlite:///{tmp_path / 'streams.db'}"
        case _:
            # A database of its own for each test; the server has many.
            return f"{request.getfixturevalue('redis').url}/{next(_numbers)}"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "streams.db"


@pytest.fixture
def impatient(monkeypatch):
    """A store is given up soon."""
    monkeypatch.setattr(_transactions, "LOCK_SECONDS", 0.01)
    monkeypatch.setattr(_sqlite, "LOCK_SECONDS", 0.01)
    monkeypatch.setattr(_run, "RETRY_SECONDS", 0.01)
