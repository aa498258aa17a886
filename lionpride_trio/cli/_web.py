"""``web``: the page that asks several models at once, and the server that it talks to."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Final, Literal

import trio

from .. import Chunk, Session, iModel, local
from .._channels._nursery import open_pump_nursery
from .._channels._source import Source
from .._errors import ConfigurationError
from ..durable import open_streams
from ..local._connections import Connections, open_listener, origin_of
from ..tools import tool
from ..web._site import Ask, Guard, Site
from ._errors import words_of
from ._model import open_model, split_name

MODELS: Final = ("local/trigram-1", "local/trigram-2-reasoning", "local/trigram-3-reasoning-tools")
KEPT_SECONDS: Final = 24 * 3600.0
"""How long answers are kept in memory after their end."""
STOP_SECONDS: Final = 3.0
"""How long Ctrl-C waits until it is written that the streams were stopped, …"""
LAST_WORDS_SECONDS: Final = 1.0
"""… and then until the pages have read it."""


async def run(
    host: str,
    port: int,
    *,
    models: Sequence[str] | None,
    store: str,
    rate: float,
    seed: int,
) -> int:
    """Serve until the process is told to stop; the first line is the page's address."""
    names = list(models or MODELS)
    with trio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with AsyncExitStack() as stack:
            asks = await _open_models(stack, names, rate=rate, seed=seed)
            keep_for = KEPT_SECONDS if store.startswith("memory:") else None
            # Each read of a model is written at once: whoever watches sees the letters come.
            opened = open_streams(store, flush_every=1, keep_for=keep_for)
            streams = await stack.enter_async_context(opened)
            site = Site(asks, streams)
            try:
                listener = await open_listener(host, port)
            except OSError as error:
                reason = words_of(error)
                raise OSError(f"cannot listen on port {port} of {host}: {reason}") from error
            nursery = await stack.enter_async_context(open_pump_nursery())
            connections = Connections(Guard(site, [host]), listener)
            nursery.start_soon(connections.serve)
            stack.callback(connections.close_nowait)
            print(f"{origin_of(listener)}/")
            print(f"{', '.join(names)}. Ctrl-C stops the answers and the server.", flush=True)
            async for _ in signals:
                break
            if sys.stdout.isatty():
                print()  # the terminal has just shown the key
            with trio.move_on_after(STOP_SECONDS):
                await site.stop_all()
            with trio.move_on_after(LAST_WORDS_SECONDS):
                await site.wait_idle()
    return 0


async def _open_models(
    stack: AsyncExitStack, names: Sequence[str], *, rate: float, seed: int
) -> dict[str, Ask]:
    """The models by their names.  Those of the provider local have a server as long as *stack*."""
    if len(set(names)) < len(names):
        raise ConfigurationError(
            "--model is given twice with the same name: each lane needs another"
        )
    server: local.LocalServer | None = None
    session = await stack.enter_async_context(Session())
    asks: dict[str, Ask] = {}
    for name in names:
        provider, model = split_name(name)
        is_local = provider == "local"
        if is_local and server is None:
            server = await stack.enter_async_context(local.serve(rate=rate, seed=seed))
        address = server.url("local") if is_local and server is not None else None
        made = open_model(provider, model, address, name=name)
        session.services.register(made)
        asks[name] = partial(_ask_with_a_clock, made) if is_local else made.stream
    return asks


def _ask_with_a_clock(model: iModel, question: str) -> Source[Chunk]:
    return model.converse(question, tools=[clock])


@tool
def clock(
    place: Annotated[
        Literal["Honolulu", "Lisbon", "Nairobi", "Tokyo"], "where to look at the clock"
    ],
) -> str:
    """The time of day somewhere, without summer time."""
    hours = {"Honolulu": -10, "Lisbon": 0, "Nairobi": 3, "Tokyo": 9}[place]
    return f"{datetime.now(UTC) + timedelta(hours=hours):%H:%M} in {place}"
