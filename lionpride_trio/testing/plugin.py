"""Fixtures for pytest.  Ask for them in a ``conftest.py``::

    pytest_plugins = ["lionpride_trio.testing.plugin"]

- ``local_server``: the embedded server, running (`lionpride_trio.local.serve`)
- ``faulty_server``: ``server = await faulty_server([Answer(status=503), …])`` starts a `FaultyServer`

Both are for async tests, need pytest-trio, and stop when the test has ended.  A model without a
network needs no fixture: see `ScriptedProvider`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

import trio
from pytest_trio import (  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]
    trio_fixture,
)

from ..local import LocalServer, serve
from ._faulty_server import Answer, FaultyServer, HangUp

FaultyScript: TypeAlias = Answer | HangUp | Sequence[Answer | HangUp]


@trio_fixture  # type: ignore[untyped-decorator]
async def local_server(nursery: trio.Nursery) -> LocalServer:
    """The embedded server; pass its ``url(provider)`` as ``base_url=``."""
    server: LocalServer = await nursery.start(_serve_locally)
    return server


@trio_fixture  # type: ignore[untyped-decorator]
def faulty_server(
    nursery: trio.Nursery,
) -> Callable[[FaultyScript], Awaitable[FaultyServer]]:
    """Starts servers that misbehave as told."""

    async def start(script: FaultyScript) -> FaultyServer:
        server: FaultyServer = await nursery.start(_serve_faults, script)
        return server

    return start


async def _serve_locally(*, task_status: trio.TaskStatus[LocalServer]) -> None:
    async with serve() as server:
        task_status.started(server)
        await trio.sleep_forever()


async def _serve_faults(
    script: FaultyScript, *, task_status: trio.TaskStatus[FaultyServer]
) -> None:
    async with FaultyServer(script) as server:
        task_status.started(server)
        await trio.sleep_forever()
