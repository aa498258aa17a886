import trio

from lionpride_trio import Session
from lionpride_trio.services import iModel


async def stream_chat():
    """Stream tokens as they're generated"""
    async with Session() as session:
        model = iModel(
            provider="openai",
            model="gpt-4o-mini",
            temperature=0.7,
            stream=True,  # Enable streaming
        )
        session.services.register(model)

        from lionpride_trio.session import InstructionContent, Message

        # Create message
        message = Message(
            content=InstructionContent(
                instruction="Write a short story about a robot learning to paint"
            )
        )

        # Stream response
        print("Assistant: ", end="", flush=True)

        async for chunk in model.invoke(messages=[message.chat_msg]):
            if hasattr(chunk, "data"):
                # Extract text from chunk
                text = chunk.data
                print(text, end="", flush=True)

        print()  # Newline at end


if __name__ == "__main__":
    trio.run(stream_chat)
