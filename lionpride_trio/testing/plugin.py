"""Fixtures for pytest.  Ask for them in a ``conftest.py``::

    pytest_plugins = ["lionpride_trio.testing.plugin"]

- ``local_server``: the embedded server, running (`lionpride_trio.local.serve`)
- ``faulty_server``: ``server = await faulty_server([Answer(status=503), …])`` starts a `FaultyServer`

Both are for async tests and need pytest-trio.  A model without a network needs no fixture: see
`ScriptedProvider`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import TypeAlias

import trio
from pytest_trio import trio_fixture

from .._channels._nursery import open_pump_nursery
from ..local import LocalServer, serve
from ._faulty_server import Answer, FaultyServer, HangUp

StartFaultyServer: TypeAlias = Callable[
    [Answer | HangUp | Sequence[Answer | HangUp]], Awaitable[FaultyServer]
]


@trio_fixture
async def local_server() -> AsyncGenerator[LocalServer]:
    """The embedded server; its ``url(provider)`` is what ``base_url=`` wants."""
    async with serve() as server:
        yield server


@trio_fixture
async def faulty_server() -> AsyncGenerator[StartFaultyServer]:
    """Starts servers that misbehave as told, and stops them when the test has ended."""
    async with open_pump_nursery() as nursery:

        async def start(script: Answer | HangUp | Sequence[Answer | HangUp]) -> FaultyServer:
            server: FaultyServer = await nursery.start(_running, script)
            return server

        yield start


async def _running(
    script: Answer | HangUp | Sequence[Answer | HangUp],
    *,
    task_status: trio.TaskStatus[FaultyServer],
) -> None:
    async with FaultyServer(script) as server:
        task_status.started(server)
        await trio.sleep_forever()
