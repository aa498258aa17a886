"""A cancelled turn: both sides are committed, or neither."""

from __future__ import annotations

import trio

from lionpride_trio import Chunk, FinishChunk, Response, Session, TextChunk, reassemble
from lionpride_trio.flow import flow_source
from lionpride_trio.operations import Builder, flow
from lionpride_trio.operations._model_work import CommunicateEachWork, CommunicateWork
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import source, tap, words


@source
async def spoken(text: str):
    for word in text.split():
        await trio.sleep(0.1)
        yield TextChunk(f"{word} ")
    yield FinishChunk()


class Speaker:
    """A model without a network: it says what it was asked."""

    streaming = True
    name = "speaker"

    def stream(self, messages, **options):
        return Spoken(spoken(messages[-1]["content"]))


class Spoken:
    def __init__(self, chunks) -> None:
        self._got: list[Chunk] = []
        self._chunks = chunks | tap(self._got.append)

    async def __aenter__(self):
        self._channel = await self._chunks.__aenter__()
        return self

    async def __aexit__(self, *args: object) -> bool | None:
        return await self._chunks.__aexit__(*args)

    def batches(self, limit):
        return self._channel.batches(limit)

    @property
    def response(self) -> Response:
        return reassemble(self._got)


def built(session: Session) -> Builder:
    builder = Builder(session=session)
    common = {
        "session": session,
        "model": Speaker(),
        "context": (),
        "context_from": (),
        "options": {},
    }
    once = builder.add(
        CommunicateWork(**common, branch="story", instruction="one two three", streams=False)
    )
    each = CommunicateEachWork(**common, branch="each", template="say {item}", limit=2)
    builder.add(each, stream_from=builder.transform(once, words()))
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
