"""A model is shown a picture, which is read when it is asked."""

import trio

from lionpride_trio import Image, iModel
from lionpride_trio.session import InstructionContent


async def main(path="whale.png"):
    model = iModel("anthropic", "claude-haiku-4-5")
    question = InstructionContent(instruction="What is in it?", attachments=[Image(path)])
    async with model.stream([question]) as reply:
        async for chunk in reply:
            print(chunk.data, end="", flush=True)
    print()


if __name__ == "__main__":
    trio.run(main)
