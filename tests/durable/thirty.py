"""A flow of thirty operations with a journal, to be killed at any point.

Its process kills itself before the n-th step of a task, or before the n-th statement of SQL.

It has streams between operations, flows in the flow, one that is made as it runs, calls for each item of a
stream, turns on branches, retries, and functions of its own.  What the model says to it stands in ``thirty_answers``.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys

import attrs
import trio

from lionpride_trio import RateLimited, Retry, Session, iModel
from lionpride_trio.durable import open_streams
from lionpride_trio.flow import _attempt
from lionpride_trio.operations import Builder, flow_stream
from lionpride_trio.tools import tool
from lionpride_trio.transformers import lines, text

OPERATIONS = 30


@attrs.frozen
class Plan:
    steps: tuple[str, ...]
    size: int


def say(*words):
    """Print a line, in one write that a kill does not cut."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


# The flow.


@tool
async def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


async def count(context):
    return len([item async for item in context.channel])


async def letters(context):
    for letter in "abcdef":
        yield letter


async def plan(context):
    if context.attempt < 3:
        raise RateLimited("not yet", retry_after=0.001)
    return Plan(("a", "b"), 3)


def make(session):
    """The builder of the flow, and its operations by the names that the test looks at."""
    builder = Builder(session=session)

    def ask(token, **options):
        return builder.communicate(instruction=f"<{token}>", imodel="m", name=token, **options)

    story = ask("story", branch="story")
    one, two = builder.fork(story, 2)
    cut = builder.transform(one, text() | lines(), name="lines")
    builder.communicate_each(
        stream_from=cut, template="<each {item}>", imodel="m", branch="each", limit=2, name="each"
    )
    counted = builder.add(count, stream_from=two)
    turns = [ask(f"turn {number}", branch="story") for number in range(4)]
    sides = [ask(f"side {number}", context_from=[story]) for number in range(5)]
    planned = builder.add(plan, retry=3)
    spelled = builder.add(letters, depends_on=[planned])
    upper = builder.transform(spelled, lines(), reduce="".join, name="joined")
    tooled = builder.converse(
        instruction="<tooled>", imodel="m", tools=[double], branch="tooled", name="tooled"
    )
    builder.add(count, stream_from=tooled, name="count tooled")

    inner = Builder(session=session)
    first = inner.communicate(instruction="<inner 0>", imodel="m", name="first", branch="inner")
    inner.communicate(instruction="<inner 1>", imodel="m", name="second", branch="inner")
    inner.add(count, stream_from=inner.transform(first, text()))
    innermost = Builder(session=session)
    innermost.communicate(instruction="<innermost>", imodel="m", name="first")
    inner.subflow(innermost)
    builder.subflow(inner, depends_on=[sides[0]], name="sub")

    async def made(context):
        made_now = Builder(session=session)
        asked = [
            made_now.communicate(instruction=f"<made {number}>", imodel="m", branch="made")
            for number in range(2)
        ]
        found = await context.run(made_now.operations)
        return [found[one].text for one in asked]

    dynamic = builder.add(made, depends_on=[counted])
    builder.aggregate(*turns, upper, name="all")
    ask("last", branch="story", context_from=[*turns, dynamic])
    return builder


def told(session, run, builder):
    """All that a run comes to, without ids and times."""

    def plain(value):
        if isinstance(value, list):
            return [plain(one) for one in value]
        if hasattr(value, "values"):
            return [plain(one) for one in value.values()]
        return getattr(value, "text", None) or repr(value)

    named = {name: b for name, b in session.branches.items() if not name.startswith("branch-")}
    unnamed = [b for name, b in session.branches.items() if name.startswith("branch-")]
    return {
        "results": [[one.name, plain(run.results[one])] for one in builder.operations],
        "branches": {name: _texts(session, branch) for name, branch in sorted(named.items())},
        "unnamed": sorted(_texts(session, branch) for branch in unnamed),
        "states": sorted({status.state for status in run.status.values()}),
    }


def _texts(session, branch):
    return [[m.role, str(m.chat_msg.get("content"))] for m in session.history(branch)]


class Killer(trio.abc.Instrument):
    """Counts, and kills this process at a number."""

    def __init__(self, kind, number):
        self.kind = kind
        self.number = int(number)
        self.counted = 0

    def count(self, *_):
        self.counted += 1
        if self.counted == self.number:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_task_step(self, task):
        if self.kind == "step":
            self.count()

    def trace(self, *args, **settings):
        connection = connect(*args, **settings)
        if self.kind == "statement":
            connection.set_trace_callback(self.count)
        return connection


connect = sqlite3.connect


async def main(url, run_id, server, lease, kind, number):
    killer = Killer(kind, number)
    sqlite3.connect = killer.trace
    trio.lowlevel.add_instrument(killer)
    _attempt._RETRY = Retry(wait_initial=0.001, wait_jitter=0.0)
    model = iModel("openai_compatible", "m", name="m", base_url=server, api_key="k", stream=True)
    async with open_streams(url, lease=float(lease)) as streams, Session() as session:
        session.services.register(model)
        builder = make(session)
        async with flow_stream(builder, journal=streams.journal(run_id)) as run:
            async for _ in run:
                pass
            say(killer.counted, json.dumps(told(session, run, builder)))


def serve():
    """Run the flow in a child for each line, the arguments of `main`; say at its end how that went.

    The children are forked from this process, which has imported all and has no threads.
    """
    for line in sys.stdin:
        child = os.fork()
        if not child:
            trio.run(main, *line.rstrip("\n").split("\t"))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say("killed" if os.WIFSIGNALED(status) else f"ended {status}")
