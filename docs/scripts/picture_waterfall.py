"""Draw two runs as waterfalls, into the folder that is named: waterfall.svg and waterfall_flow.svg.

    python docs/scripts/picture_waterfall.py docs/_static

Both are real runs over HTTP against the embedded server, under a clock that jumps: the same seed gives the same
bytes, on any machine.
"""

from __future__ import annotations

import sys
from pathlib import Path

import trio
from trio.testing import MockClock

from lionpride_trio import LionprideError, Retry, Session, iModel, local
from lionpride_trio.observe import Timeline
from lionpride_trio.operations import Builder, flow
from lionpride_trio.tools import tool

SEED = 7
QUESTION = "What is it about the sea?"


@tool
async def tides(harbour: str) -> str:
    """When the water is high."""
    await trio.sleep(0.7)
    return f"high water in {harbour} at six"


def model_of(server: local.LocalServer, provider: str, model: str, **settings: object) -> iModel:
    return iModel(
        provider, model, api_key="local", base_url=server.url(provider), stream=True,
        retry=Retry(wait_jitter=0), **settings,
    )  # fmt: skip


async def calls() -> Timeline:
    """Calls beside each other: one waits for a slot, one is refused and repeated, one breaks off."""
    timeline = Timeline()
    async with local.serve(rate=30, seed=SEED) as server, Session(observers=[timeline]) as session:
        models = [
            model_of(server, "openai", "gpt-4o-mini-pieces-40", max_concurrent=1),
            model_of(server, "anthropic", "claude-haiku-4-5-reasoning-pieces-50"),
            model_of(server, "gemini", "gemini-2.5-flash-slow-pieces-12"),
            model_of(server, "groq", "llama-3.3-70b-error-503"),
            model_of(server, "ollama", "qwen3-cut-pieces-60"),
        ]
        for model in models:
            session.services.register(model)

        async def ask(model: iModel, question: str) -> None:
            try:
                async with model.stream(question) as reply:
                    async for _ in reply:
                        pass
            except LionprideError:
                pass  # which is a part of the picture

        async with trio.open_nursery() as nursery:
            for model in models:
                nursery.start_soon(ask, model, QUESTION)
            await trio.sleep(0.2)
            nursery.start_soon(ask, models[0], "And about the wind?")
    return timeline


async def workflow() -> Timeline:
    """A flow: two answers side by side, one with a tool, and a third that has read both."""
    timeline = Timeline()
    async with local.serve(rate=30, seed=SEED) as server, Session() as session:
        for provider, name in (
            ("openai", "gpt-4o-mini-pieces-40"),
            ("anthropic", "claude-haiku-4-5-pieces-30"),
        ):
            session.services.register(model_of(server, provider, name, name=provider))
        session.services.register(
            model_of(server, "gemini", "gemini-2.5-flash-tools-pieces-20", name="gemini")
        )
        builder = Builder(session=session)
        poem = builder.communicate(
            instruction=QUESTION, imodel="openai", branch="poem", name="poem"
        )
        water = builder.converse(
            instruction="When is high water?",
            imodel="gemini",
            branch="tides",
            name="tides",
            tools=[tides],
        )
        review = builder.communicate(
            instruction="Is it true?",
            imodel="anthropic",
            branch="review",
            name="review",
            context_from=[poem, water],
        )
        builder.communicate(
            instruction="A title.",
            imodel="openai",
            branch="title",
            name="title",
            context_from=[review],
        )
        await flow(builder, observers=[timeline])
    return timeline


PICTURES = {
    "waterfall.svg": (calls, "Five models asked at once"),
    "waterfall_flow.svg": (workflow, "A flow of four operations"),
}


def picture(name: str) -> str:
    """One of the pictures, of a run that is made for it."""
    run, title = PICTURES[name]
    return trio.run(run, clock=MockClock(autojump_threshold=0)).to_svg(title=title)


if __name__ == "__main__":
    for file in PICTURES:
        (Path(sys.argv[1]) / file).write_text(picture(file), encoding="utf-8")
