"""An asyncio program that asks a model: trio runs in a thread, and gives the whole answer."""

import asyncio

import trio

from lionpride_trio import iModel


async def ask(question):
    """Runs on trio."""
    with trio.fail_after(60):
        return await iModel("openai", "gpt-4o-mini").complete(question)


async def main():
    """Runs on asyncio."""
    response = await asyncio.to_thread(trio.run, ask, "Why is the sea salt?")
    print(response.text)


if __name__ == "__main__":
    asyncio.run(main())
