"""Speak an answer while it is written.

The synthesiser is slower than the model. It takes a sentence when it is ready for one, and nothing
stands between it and the socket but one network read, so the model's server waits too.
"""

import trio

from lionpride_trio import Session, iModel
from lionpride_trio.transformers import sentences, text


async def synthesise(sentence):
    """Stands for a text-to-speech service: fifteen characters a second."""
    await trio.sleep(len(sentence) / 15)
    print(f"🔊 {sentence.strip()}", flush=True)


async def speak(model, question):
    async with model.stream(question) as reply:
        async for sentence in reply | text() | sentences(first="clause"):
            if sentence.kind != "code":  # nobody wants to hear code
                await synthesise(sentence)
    return reply.response


async def main():
    async with Session() as session:
        model = iModel("openai", "gpt-4o-mini")
        session.services.register(model)
        response = await speak(model, "How does a whale sleep?")
        print(f"({len(response.text)} characters, {response.verdict.value})")


if __name__ == "__main__":
    trio.run(main)
