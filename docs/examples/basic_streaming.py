"""Stream the tokens of an answer as they are generated."""

import trio

from lionpride_trio import Session
from lionpride_trio.services import iModel
from lionpride_trio.session import InstructionContent, Message


async def stream_chat():
    async with Session() as session:
        model = iModel(provider="openai", model="gpt-4o-mini", temperature=0.7, stream=True)
        session.services.register(model)

        message = Message(
            content=InstructionContent(
                instruction="Write a short story about a robot learning to paint"
            )
        )

        print("Assistant: ", end="", flush=True)

        async for chunk in model.invoke(messages=[message.chat_msg]):
            print(chunk.data, end="", flush=True)

        print()


if __name__ == "__main__":
    trio.run(stream_chat)
