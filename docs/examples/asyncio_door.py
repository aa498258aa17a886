"""An asyncio program that streams an answer, and asks for a whole one."""

import asyncio

from lionpride_trio import aio, iModel


async def main():
    """Runs on asyncio."""
    model = iModel("openai", "gpt-4o-mini")
    async with aio.open(model.stream("Why is the sea salt?")) as reply:
        async for chunk in reply:
            print(chunk, end="", flush=True)
    print(f"\n{reply.response.verdict}")
    response = await aio.complete(model, "Why is the sea salt?")
    print(response.text)


if __name__ == "__main__":
    asyncio.run(main())
