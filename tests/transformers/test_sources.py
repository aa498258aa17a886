"""Sources of iterables and of other libraries' channels."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import sinks
from lionpride_trio.transformers import buffer, from_channel, map_each, prefetch


async def test_a_failure_of_another_librarys_channel_is_the_end():
    class Flaky(trio.abc.ReceiveChannel):
        def __init__(self):
            self.given = iter(["a", trio.BrokenResourceError("once"), "b"])

        async def receive(self):
            await trio.lowlevel.checkpoint()
            given = next(self.given)
            if isinstance(given, Exception):
                raise given
            return given

        async def aclose(self):
            await trio.lowlevel.checkpoint()

    for recipe in (map_each(str), buffer(count=1), buffer(seconds=0.001), prefetch(1)):
        got = []
        async with from_channel(Flaky()) | recipe as channel:
            for _ in range(3):
                with pytest.raises(trio.BrokenResourceError):
                    while True:
                        got.append(await channel.receive())
        assert got == ["a"]


async def test_a_trio_channel_is_a_source_too():
    send, receive = trio.open_memory_channel[str](3)
    with send, receive:
        for word in ("a", "b"):
            send.send_nowait(word)
        send.close()
        assert await sinks.join(from_channel(receive) | map_each(str.upper)) == "AB"
