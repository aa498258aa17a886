"""§3: fork, tee and merge: what a delivery costs, and whether one slow branch or one loud source harms."""

from __future__ import annotations

from typing import Any

import trio

from lionpride_trio import sinks
from lionpride_trio.transformers import fork, merge, tee

from . import operators_peers
from ._measure import Entry, Job, Options, compare, growth
from ._reads import waiting
from ._report import Report, Row, Table, Target
from .pipeline import in_trio, reads

POLICIES = ("block", "drop_oldest", "drop_newest", "detach")
SIZE = 64
"""Of each branch, and of the hub of a merge."""


async def counted(channel: Any, expected: int) -> None:
    """Read *channel*, which must lose nothing."""
    count = 0
    async for _ in channel:
        count += 1
    assert count == expected, f"{count} of {expected} items"


async def forked(items: int, branches: int, policy: Any) -> None:
    """All branches keep up, so that no policy may lose anything."""
    async with (
        fork(reads(items, 8, waiting), branches, when_full=policy, size=SIZE) as made,
        trio.open_nursery() as nursery,
    ):
        for branch in made:
            nursery.start_soon(counted, branch, items)


async def one_never_read(items: int, policy: Any) -> None:
    """Sixty-four branches, one of which nobody reads."""
    async with (
        fork(reads(items, 8, waiting), 64, when_full=policy) as made,
        trio.open_nursery() as nursery,
    ):
        for branch in made[1:]:
            nursery.start_soon(counted, branch, items)


async def merged(items: int, sources: int) -> None:
    await sinks.drain(merge(*(reads(items // sources, 8, waiting) for _ in range(sources))))


async def teed(items: int) -> None:
    await sinks.drain(reads(items, 8, waiting) | tee(sinks.drain))


async def lead(each: int, sources: int) -> int:
    """How far a source gets ahead of another, at most, where all have items all the time."""
    seen, most = [0] * sources, 0
    feeds = [reads(each, 1_000, waiting) for _ in range(sources)]
    async with merge(*feeds, size=SIZE) as channel:
        async for number, _ in channel:
            seen[number] += 1
            if seen[number] == each:
                break  # one that has ended is no longer ahead
            most = max(most, seen[number] - min(seen))
    return most


def forks(options: Options, report: Report) -> None:
    n = 5_000 if options.quick else 50_000
    for branches in (2, 4, 8):
        contenders: dict[str, Entry] = operators_peers.forks(n, branches)
        ours = {f"lionpride_trio, {policy}": policy for policy in POLICIES}
        contenders |= {name: in_trio(forked, n, branches, policy) for name, policy in ours.items()}
        table = compare(
            f"fork to {branches}, a delivery",
            contenders,
            items=n * branches,
            options=options,
            headline=branches == 8,
        )
        costs = [table.cost(name) for name in ours]
        worst = None if None in costs else max(cost for cost in costs if cost is not None)
        report.add(table, Target(f"fork to {branches}, with every policy", "<= 1.5 µs", worst))


def merges(options: Options, report: Report) -> None:
    n = 6_400 if options.quick else 64_000
    two, many = "lionpride_trio, 2 sources", "lionpride_trio, 64 sources"
    contenders: dict[str, Entry] = {
        **operators_peers.merges(n, 64),
        two: in_trio(merged, n, 2),
        many: in_trio(merged, n, 64),
    }
    table = compare("merge, an item", contenders, items=n, options=options, headline=True)
    report.add(
        table,
        Target("merge of 64", "<= 1.5 × merge of 2", table.ratio(many, two)),
        Target("merge of 64", "<= 3 µs", table.cost(many)),
    )
    rows = []
    for sources in (2, 64):
        ahead = float(trio.run(lead, 2_000, sources))
        rows.append(Row(f"lionpride_trio, {sources} sources", ahead, ahead, ahead, 1))
    table = Table("merge is fair: how far one gets ahead of another", "items", tuple(rows))
    limit = f"<= {2 * SIZE} items, twice its size"
    report.add(table, Target("merge of 64 is fair: a lead", limit, rows[-1].median))


def main(options: Options, report: Report) -> None:
    forks(options, report)
    merges(options, report)
    n = 5_000 if options.quick else 50_000
    tees: dict[str, Entry] = {
        "lionpride_trio, fork to 2": in_trio(forked, n, 2, "block"),
        "lionpride_trio, tee": in_trio(teed, n),
    }
    report.add(compare("tee, an item", tees, items=n, options=options))
    for policy in ("drop_oldest", "detach"):
        title = f"worst case: fork to 64, one is never read, {policy}"

        def job(n: int, policy: str = policy) -> Job:
            return trio.run(one_never_read, n, policy)

        table = growth(title, job, n // 20)
        limit = "<= 1.5 × the cost at a quarter"
        report.add(table, Target(f"fork to 64, one is never read, {policy}", limit, table.growth()))
