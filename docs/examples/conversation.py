"""A conversation that is kept on disk, and goes on with another provider's model."""

import trio

from lionpride_trio import Session, iModel
from lionpride_trio.session import AssistantResponseContent

BRANCH = "whales"


async def say(session, question, model):
    print(f"> {question}")
    async with session.ask(BRANCH, question, imodel=model, max_tokens=60, on_cut="keep") as reply:
        async for chunk in reply:
            print(chunk.data, end="", flush=True)
    print(f"\n({reply.response.verdict.value})\n")


async def main(path="whales.json"):
    async with Session() as session:
        session.services.register(iModel("openai", "gpt-4o-mini", stream=True))
        await say(session, "How does a whale sleep?", "gpt-4o-mini")
        session.save(path)

    async with Session.load(path) as session:
        session.services.register(iModel("anthropic", "claude-haiku-4-5", stream=True))
        await say(session, "And how does it dream?", "claude-haiku-4-5")

    for message in session.history(BRANCH):
        if isinstance(message.content, AssistantResponseContent):
            print(f"{message.content.model}: {message.content.verdict}")
    return session


if __name__ == "__main__":
    trio.run(main)
