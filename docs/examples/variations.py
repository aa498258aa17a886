import trio

from lionpride_trio import Session
from lionpride_trio.services import iModel
from lionpride_trio.session import InstructionContent, Message


async def process_stream_with_formatting(model, message):
    """Process stream chunks with custom formatting"""
    chunks = []
    word_count = 0

    async for chunk in model.invoke(messages=[message]):
        if hasattr(chunk, "data"):
            text = chunk.data
            chunks.append(text)

            # Count words (approximate)
            word_count += len(text.split())

            # Custom formatting
            if text.strip().endswith((".", "!", "?")):
                print(text + " ", end="", flush=True)  # Add space after sentences
            else:
                print(text, end="", flush=True)

    print(f"\n\nTotal words: ~{word_count}")
    return "".join(chunks)


async def buffered_stream(model, message, buffer_size=10):
    """Buffer chunks before displaying"""
    buffer = []

    async for chunk in model.invoke(messages=[message]):
        if hasattr(chunk, "data"):
            buffer.append(chunk.data)

            if len(buffer) >= buffer_size:
                # Flush buffer
                print("".join(buffer), end="", flush=True)
                buffer = []

    # Flush remaining
    if buffer:
        print("".join(buffer), end="", flush=True)


async def stream_to_file(model, message, filename="output.txt"):
    """Stream response directly to file"""
    with open(filename, "w") as f:
        async for chunk in model.invoke(messages=[message]):
            if hasattr(chunk, "data"):
                f.write(chunk.data)
                f.flush()  # Ensure immediate write

    print(f"Response saved to {filename}")


async def safe_stream(model, message):
    """Stream with error handling"""
    chunks = []

    try:
        async for chunk in model.invoke(messages=[message]):
            if hasattr(chunk, "data"):
                chunks.append(chunk.data)
                print(chunk.data, end="", flush=True)

    except Exception as e:
        print(f"\n\nStreaming error: {e}")
        print(f"Received {len(chunks)} chunks before error")
        return "".join(chunks)  # Return partial response

    return "".join(chunks)


async def main():
    async with Session() as session:
        model = iModel(provider="openai", model="gpt-4o-mini", stream=True)
        session.services.register(model)
        message = Message(content=InstructionContent(instruction="What is the sea?")).chat_msg

        await process_stream_with_formatting(model, message)
        await buffered_stream(model, message)
        await stream_to_file(model, message)
        await safe_stream(model, message)


if __name__ == "__main__":
    trio.run(main)
