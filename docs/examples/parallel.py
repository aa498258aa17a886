import trio

from lionpride_trio import Session
from lionpride_trio.services import iModel
from lionpride_trio.session import InstructionContent, Message


async def stream_one_model(model, instruction: str, label: str, results: dict[str, str]):
    """Stream from one model"""
    message = Message(content=InstructionContent(instruction=instruction))

    print(f"\n[{label}] Starting...")
    response = []

    async for chunk in model.invoke(messages=[message.chat_msg]):
        if hasattr(chunk, "data"):
            response.append(chunk.data)
            # Show first few chunks
            if len(response) <= 5:
                print(f"[{label}] {chunk.data}", end="", flush=True)

    print(f"\n[{label}] Complete ({len(response)} chunks)")
    results[label] = "".join(response)


async def parallel_streaming():
    """Stream from multiple models simultaneously"""
    async with Session() as session:
        gpt = iModel(
            provider="openai",
            model="gpt-4o-mini",
            temperature=0.7,
            stream=True,
            name="gpt",
        )

        claude = iModel(
            provider="anthropic",
            endpoint="messages",
            model="claude-3-5-haiku-20241022",
            temperature=0.7,
            stream=True,
            name="claude",
        )

        session.services.register(gpt)
        session.services.register(claude)

        question = "What is the future of AI?"

        # Stream from both models in parallel
        results: dict[str, str] = {}
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stream_one_model, gpt, question, "GPT", results)
            nursery.start_soon(stream_one_model, claude, question, "Claude", results)

        print("\n" + "=" * 60)
        print("FINAL RESPONSES")
        print("=" * 60)

        print(f"\nGPT Response ({len(results['GPT'])} chars):")
        print(results["GPT"][:200] + "...")

        print(f"\nClaude Response ({len(results['Claude'])} chars):")
        print(results["Claude"][:200] + "...")

        return results


if __name__ == "__main__":
    trio.run(parallel_streaming)
