"""A stream that fails gives whole sentences, the rest, and then the failure."""

from collections.abc import AsyncIterator

import trio

from lionpride_trio import source
from lionpride_trio.transformers import sentences


@source
async def cut_off() -> AsyncIterator[str]:
    yield "It was a bright cold day. The clocks "
    yield "were striking thir"
    raise OSError("the line is dead")


async def main():
    async with cut_off() | sentences() as channel:
        try:
            async for sentence in channel:
                print(f"{sentence!r} complete={sentence.complete}")
        except OSError as error:
            print(f"and then: {error}")


if __name__ == "__main__":
    trio.run(main)
