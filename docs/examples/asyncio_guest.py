"""An asyncio program that streams answers: trio runs as a guest on the loop of asyncio."""

import asyncio
from contextlib import aclosing
from typing import Any

import trio
from outcome import Error, Value

from lionpride_trio import Session, iModel


class Guest:
    """Trio on the loop of asyncio, as long as the block: one for each program."""

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self._ready, self._over = loop.create_future(), loop.create_future()
        self._scope = trio.CancelScope()
        trio.lowlevel.start_guest_run(
            self._live,
            run_sync_soon_threadsafe=loop.call_soon_threadsafe,
            done_callback=self._over.set_result,
            host_uses_signal_set_wakeup_fd=True,
        )
        self._token = trio.lowlevel.current_trio_token()
        await self._ready
        return self

    async def __aexit__(self, *_):
        self._token.run_sync_soon(self._scope.cancel)
        (await self._over).unwrap()

    async def _live(self):
        """Runs on trio: has the nursery of all streams."""
        with self._scope:
            async with Session() as self.session, trio.open_nursery() as self._nursery:
                self._ready.set_result(None)
                await trio.sleep_forever()

    async def stream(self, source):
        """The items of *source*, for a loop of asyncio.  The model waits while no item is taken."""
        items: asyncio.Queue[Value[Any] | Error] = asyncio.Queue()  # from trio to asyncio
        ask, asked = trio.open_memory_channel[None](1)  # from asyncio to trio
        scope = trio.CancelScope()
        closed = asyncio.Event()

        async def read():
            """Runs on trio: one item each time one is asked for, and then how the stream ended."""
            try:
                with scope:
                    async with source as channel:
                        async for _ in asked:
                            items.put_nowait(Value(await channel.receive()))
            except Exception as error:
                items.put_nowait(Error(error))
            finally:
                closed.set()

        self._token.run_sync_soon(self._nursery.start_soon, read)
        try:
            while True:
                self._token.run_sync_soon(ask.send_nowait, None)
                yield (await items.get()).unwrap()
        except trio.EndOfChannel:
            pass
        finally:
            self._token.run_sync_soon(scope.cancel)
            await closed.wait()  # then the connection is closed


async def main():
    """Runs on asyncio."""
    async with Guest() as guest:
        source = iModel("openai", "gpt-4o-mini").stream("Why is the sea salt?")
        async with aclosing(guest.stream(source)) as chunks:
            async for chunk in chunks:
                print(chunk, end="", flush=True)
    print()


if __name__ == "__main__":
    asyncio.run(main())
