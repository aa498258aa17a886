"""Flows that are killed at any point: nothing that was done is asked again or committed twice."""

from __future__ import annotations

import json
import random

import pytest

from lionpride_trio.durable import State, open_streams
from lionpride_trio.durable._journal import name_of_journal
from lionpride_trio.durable._journal_lines import JournalLines
from lionpride_trio.testing import FaultyServer
from tests.durable.test_crashes import run_program
from tests.durable.thirty import OPERATIONS
from tests.durable.thirty_answers import answer_to, token_of

LEASE = "60"
NEVER = "1000000000"

TOKENS = {
    "sub/first": "inner 0",
    "sub/second": "inner 1",
    "sub/subflow/first": "innermost",
    "made/1/made": "made 0",
    "made/1/made#2": "made 1",
}
"""What an operation asks, where that is not its name."""


async def run_flow(program, url, run_id, server, kind="step", number=NEVER):
    """Run the flow in a process of its own; what it says when it is whole, or None if it was killed."""
    await program.tell("\t".join([url, run_id, server.url(), LEASE, kind, str(number)]))
    said = [await program.line()]
    while not said[-1].startswith(("killed", "ended")):
        said.append(await program.line())
    if said[-1] == "killed":  # perhaps as it closed what it had open, when all was done
        return None
    whole, how = said
    assert how == "ended 0"
    counted, rest = whole.split(maxsplit=1)
    return int(counted), json.loads(rest)


async def bury(streams, run_id):
    """Let the lease of a writer that is dead run out at once."""
    store, name = streams._store, name_of_journal(run_id)
    if hasattr(store, "_client"):
        await store._client.run(
            "if redis.call('EXISTS', ARGV[1]) == 1 then redis.call('HSET', ARGV[1], 'lease_until', 0) end"
            " return 1",
            f"lionpride:stream:{name}",
        )
        return
    await store._writing.write(
        lambda connection: connection.execute(
            "UPDATE lionpride_streams SET lease_until = 0 WHERE name = ?", (name,)
        )
    )


async def finished_tokens(streams, run_id):
    """What the journal has the answers to."""
    lines, position = JournalLines(), 0
    name = name_of_journal(run_id)
    while (page := await streams._store.read(name, position, 100)) and page.items:
        lines.add(page.items)
        position += len(page.items)
    items = {f"each line {number}\n" for number in lines.items.get("each", ())}
    if "each" in lines.done:
        items = {f"each line {number}\n" for number in range(6)}
    return items | {TOKENS.get(key, key) for key in lines.done}


async def crash_loop(url, crashes):
    """Kill the flow at random points, so often; what an undisturbed run and all others came to."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    kinds = ["step", "statement"] if url.startswith("sqlite") else ["step"]
    killed = runs = 0
    async with (
        FaultyServer(answer_to) as server,
        open_streams(url) as streams,
        run_program("thirty") as program,
    ):
        expected, counts = None, {}
        for kind in kinds:
            counts[kind], expected = await run_flow(program, url, f"whole {kind}", server, kind)
        asked_of_whole = {token_of(request) for request in server.requests}
        status = await streams.journal(f"whole {kinds[0]}").status()
        assert (status.state, status.done) == (State.ENDED, status.total)
        assert status.total == OPERATIONS
        while killed < crashes:
            runs += 1
            run_id, said = f"run {runs}", None
            began = len(server.requests)
            while said is None:
                kind = chance.choice(kinds)
                number = chance.randrange(1, counts[kind]) if killed < crashes else NEVER
                finished = await finished_tokens(streams, run_id)
                before = len(server.requests)
                said = await run_flow(program, url, run_id, server, kind, number)
                asked = [token_of(request) for request in server.requests[before:]]
                assert finished.isdisjoint(asked), (finished & set(asked), kind, number)
                killed += said is None
                await bury(streams, run_id)
            assert said[1] == expected
            asked = [token_of(request) for request in server.requests[began:]]
            assert set(asked) == asked_of_whole
    return killed, runs


@pytest.mark.parametrize("kind", ["sqlite", "redis"])
async def test_a_flow_that_is_killed_again_and_again(kind, request, tmp_path, pytestconfig):
    """With ``--crashes 200`` it is killed so often on SQLite, and an eighth of that on Redis."""
    from tests.durable.conftest import url_of

    crashes = pytestconfig.getoption("crashes")
    if kind == "redis":
        crashes = max(2, crashes // 8)
    killed, runs = await crash_loop(url_of(kind, request, tmp_path), crashes)
    assert killed == crashes
    assert runs >= 1
