"""An ask inside a turn on the same branch is refused; one beside it waits."""

import contextlib

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import FinishChunk, LocalProtocolError, Session, ToolCallChunk, Verdict
from lionpride_trio.operations import Builder, communicate, flow
from lionpride_trio.testing import ScriptedProvider
from lionpride_trio.tools import tool

TOLD = "leave its block before the next ask"
CALLS = [
    ToolCallChunk(id="c0", name="looks_up", arguments="{}", last=True),
    FinishChunk(verdict=Verdict.TOOL_USE),
]


@contextlib.asynccontextmanager
async def opened():
    async with Session() as session:
        session.services.register(ScriptedProvider("One. Two.").model(stream=True, name="gpt"))
        calls = ScriptedProvider(CALLS, "Done.").model(stream=True, name="calls")
        session.services.register(calls)
        session.create_branch(name="b")
        with trio.fail_after(5):
            yield session


async def in_block(session, branch="b"):
    async with session.ask(branch, "2?", imodel="gpt") as reply:
        async for _ in reply:
            pass


async def bare(session, branch="b"):
    async for _ in session.ask(branch, "2?", imodel="gpt"):
        pass


async def by_communicate(session):
    parameters = {"instruction": "2?", "imodel": "gpt"}
    await communicate(session=session, branch="b", parameters=parameters)


async def by_flow(session):
    builder = Builder(session=session)
    builder.communicate(instruction="2?", imodel="gpt", branch="b")
    await flow(builder)


async def here(run, session):
    await run()


async def in_a_child(run, session):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(run)
        await trio.lowlevel.checkpoint()


async def in_a_tool(run, session):
    async with session.ask("c", "?", imodel="calls", tools=[as_tool(run)]) as reply:
        async for _ in reply:
            pass


async def in_a_tool_of_a_bare_turn(run, session):
    async for _ in session.ask("c", "?", imodel="calls", tools=[as_tool(run)]):
        pass


def as_tool(run):
    @tool
    async def looks_up() -> str:
        "Looks something up."
        await run()
        return "found"

    return looks_up


class Refused:
    """Asks, and counts that it was refused."""

    def __init__(self, ask, session):
        self.times = 0
        self._ask = ask
        self._session = session

    async def __call__(self):
        with pytest.raises(LocalProtocolError, match=TOLD):
            await self._ask(self._session)
        self.times += 1


WAYS = [
    *[(here, ask) for ask in (in_block, bare, by_communicate, by_flow)],
    *[(place, in_block) for place in (in_a_child, in_a_tool, in_a_tool_of_a_bare_turn)],
    (in_a_tool_of_a_bare_turn, bare),
]


@pytest.mark.parametrize(("place", "ask"), WAYS)
async def test_inside_a_block_it_is_refused(place, ask, autojump_clock):
    async with opened() as session:
        async with session.ask("b", "1?", imodel="gpt") as reply:
            refused = Refused(ask, session)
            await place(refused, session)
            async for _ in reply:
                pass
        assert refused.times == 1
        assert len(session.history("b")) == 2


@pytest.mark.parametrize(("place", "ask"), WAYS)
async def test_inside_a_bare_loop_it_is_refused(place, ask, autojump_clock):
    async with opened() as session:
        refused = Refused(ask, session)
        async for _ in session.ask("b", "1?", imodel="gpt"):
            if not refused.times:
                await place(refused, session)
        assert refused.times == 1
        assert len(session.history("b")) == 2


@pytest.mark.parametrize("turn", [in_a_tool, in_a_tool_of_a_bare_turn])
async def test_in_a_tool_of_the_turn_itself_it_is_refused(turn, autojump_clock):
    async with opened() as session:
        refused = Refused(lambda session: in_block(session, "c"), session)
        await turn(refused, session)
        assert refused.times == 1
        assert len(session.history("c")) == 4


async def test_beside_a_block_it_waits(autojump_clock):
    """The asking task is a child of the turn's task, which can leave its block without it."""
    async with opened() as session:
        async with trio.open_nursery() as nursery:
            async with session.ask("b", "1?", imodel="gpt") as reply:
                nursery.start_soon(in_block, session)
                await wait_all_tasks_blocked()
                async for _ in reply:
                    pass
            assert len(session.history("b")) == 2
        assert len(session.history("b")) == 4


async def test_beside_a_bare_loop_it_waits(autojump_clock):
    async with opened() as session:
        async with trio.open_nursery() as nursery:
            async for _ in session.ask("b", "1?", imodel="gpt"):
                nursery.start_soon(in_block, session)
                await wait_all_tasks_blocked()
                break
        assert len(session.history("b")) == 2


@pytest.mark.parametrize("ask", [in_block, bare])
@pytest.mark.parametrize("left_early", [True, False])
async def test_after_a_bare_loop_it_waits(left_early, ask, autojump_clock):
    """The session closes a bare turn a little after its loop."""
    async with opened() as session:
        async for _ in session.ask("b", "1?", imodel="gpt"):
            if left_early:
                break
        await ask(session)
        assert len(session.history("b")) == (2 if left_early else 4)


async def test_after_a_bare_reading_was_closed_it_waits(autojump_clock):
    async with opened() as session:
        reading = aiter(session.ask("b", "1?", imodel="gpt"))
        await anext(reading)
        await Refused(in_block, session)()
        await reading.aclose()
        await in_block(session)
        assert len(session.history("b")) == 2


async def test_a_tool_of_a_bare_turn_waits_for_a_turn_that_its_loop_opened_later(autojump_clock):
    """The loop will leave the later turn without the tool."""
    async with opened() as session:
        later = trio.Event()

        async def ask():
            await later.wait()
            await in_block(session)

        async for _ in session.ask("c", "?", imodel="calls", tools=[as_tool(ask)]):
            if not later.is_set():
                async with session.ask("b", "1?", imodel="gpt") as reply:
                    later.set()
                    await wait_all_tasks_blocked()
                    async for _ in reply:
                        pass
        assert len(session.history("b")) == 4
