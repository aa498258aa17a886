"""An answer that goes on when its reader leaves, and is read on from there."""

import trio

from lionpride_trio import iModel
from lionpride_trio.durable import open_streams


async def main(url="sqlite:///answers.db"):
    model = iModel("openai", "gpt-4o-mini")
    async with open_streams(url) as streams:
        await streams.start("whale", model.stream("How does a whale sleep?"))

        async with streams.follow("whale", wait=5) as channel:
            async for chunk in channel:
                print(chunk.data, end="", flush=True)
                if channel.last_id == 10:
                    break  # the page is closed; the answer is written on

        print("\n… and later, perhaps in another process:")
        async with streams.follow("whale", after=channel.last_id) as rest:
            async for chunk in rest:
                print(chunk.data, end="", flush=True)

        status = await streams.status("whale")
        print(f"\n{status.items} items, {status.state}, {status.verdict}")
        await streams.delete("whale")


if __name__ == "__main__":
    trio.run(main)
