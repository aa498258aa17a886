"""An operator of one's own: each item with the seconds that it was waited for."""

import trio

from lionpride_trio import sinks, source
from lionpride_trio.transformers import operator


@operator
async def with_gaps(channel, digits=1):
    came = trio.current_time()
    async for item in channel:
        now = trio.current_time()
        yield round(now - came, digits), item
        came = now


@source
async def typist():
    for word, pause in [("Call", 0.2), ("me", 0.3), ("Ishmael.", 0.1)]:
        await trio.sleep(pause)
        yield word


async def main():
    for gap, word in await sinks.collect(typist() | with_gaps()):
        print(f"{gap} s: {word}")


if __name__ == "__main__":
    trio.run(main)
