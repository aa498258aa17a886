import trio

from lionpride_trio import Session
from lionpride_trio.services import iModel


async def stream_with_progress():
    """Show progress while streaming"""
    async with Session() as session:
        model = iModel(
            provider="openai",
            model="gpt-4o",
            temperature=0.7,
            stream=True,
        )
        session.services.register(model)

        from lionpride_trio.session import InstructionContent, Message

        message = Message(
            content=InstructionContent(instruction="Explain quantum entanglement in detail")
        )

        print("Generating response", end="", flush=True)

        tokens_received = 0
        response_chunks = []

        async for chunk in model.invoke(messages=[message.chat_msg]):
            if hasattr(chunk, "data"):
                tokens_received += 1
                response_chunks.append(chunk.data)

                # Show progress every 10 tokens
                if tokens_received % 10 == 0:
                    print(".", end="", flush=True)

        print(f"\n\nReceived {tokens_received} token chunks\n")
        print("Response:")
        print("".join(response_chunks))

        return "".join(response_chunks)


if __name__ == "__main__":
    trio.run(stream_with_progress)
