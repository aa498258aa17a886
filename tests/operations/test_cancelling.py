"""A cancelled turn: both sides are committed, or neither."""

from __future__ import annotations

import trio

from lionpride_trio import Chunk, FinishChunk, Session, TextChunk, Verdict
from lionpride_trio.flow import flow_source
from lionpride_trio.operations import Builder, flow
from lionpride_trio.testing import ScriptedProvider, cancel_everywhere
from lionpride_trio.transformers import words


def said(*words: str) -> list[Chunk | float]:
    spoken = [step for word in words for step in (0.1, TextChunk(f"{word} "))]
    return [*spoken, FinishChunk(verdict=Verdict.COMPLETE)]


def built(session: Session) -> Builder:
    model = ScriptedProvider(said("one", "two", "three"), said("well", "said")).model(stream=True)
    builder = Builder(session=session)
    once = builder.communicate(instruction="count", imodel=model, branch="story")
    each = builder.transform(once, words())
    builder.communicate_each(
        stream_from=each, template="say {item}", imodel=model, branch="each", limit=2
    )
    return builder


def test_cancelled_at_any_step_a_branch_has_whole_turns():
    seen = set()

    async def program():
        session = Session()
        try:
            async with session, flow_source(built(session).operations, size=2) as run:
                async for _ in run:
                    pass
        finally:
            lengths = tuple(len(session.branches.get(name, ())) for name in ("story", "each"))
            assert lengths in {(0, 0), (2, 0), (2, 6)}
            seen.add(lengths)

    assert cancel_everywhere(program) > 50
    assert seen == {(0, 0), (2, 0), (2, 6)}


async def test_what_is_cancelled_from_outside_commits_nothing(autojump_clock):
    session = Session()
    async with session:
        with trio.move_on_after(0.25) as scope:
            await flow(built(session).operations)
    assert scope.cancelled_caught
    assert session.branches == {}
