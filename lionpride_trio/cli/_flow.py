"""``flow``: runs the builder of a Python file and shows its operations as a live tree."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, Literal

import trio
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text
from rich.tree import Tree

from .._chunks import Chunk
from .._errors import ConfigurationError, NotFound
from .._safe_text import escape_controls
from ..durable import Journal, State as StreamState
from ..flow import Graph
from ..observe import Timeline
from ..operations import Builder, FlowRun, Operation, OperationStatus, State, flow_stream
from ._live import live_on
from ._runs import open_journals
from ._screen import PlainPipeConsole, note
from ._target import DEFAULT_NAME, load, split_target

REFRESH_SECONDS: Final = 1 / 15
TAIL_CHARACTERS: Final = 160
_SIGNS: Final[Mapping[State, tuple[str, str]]] = {
    State.WAITING: ("·", "dim"),
    State.RUNNING: ("▶", "yellow"),
    State.DONE: ("✓", "green"),
    State.FAILED: ("✗", "red"),
    State.SKIPPED: ("–", "dim"),
}


async def show(
    target: str,
    *,
    max_concurrent: int | None = None,
    on_error: Literal["cancel", "skip"] = "cancel",
    journal: str | None = None,
    run_id: str | None = None,
    console: Console | None = None,
) -> int:
    """Run the flow.  A terminal sees the tree live; a pipe gets it when all has ended.

    With *journal*, a file or the URL of a store, it goes on where it was; *run_id* names the run, and is the name of
    the program if not given.  The builder's session is opened, if it is not, and closed.  Opens a nursery for
    drawing.  Failures are raised after the tree was shown.
    """
    if journal is None and run_id is not None:
        raise ConfigurationError("--run names a run in a journal: give --journal FILE, too")
    console = console or PlainPipeConsole()
    builder = load(target)
    async with _journal_of(target, journal, run_id) as kept, _opened(builder):
        timeline = Timeline(size=max(1000, 4 * len(builder.operations)))
        running = flow_stream(
            builder.operations,
            max_concurrent=max_concurrent,
            on_error=on_error,
            journal=kept,
            observers=[timeline],
        )
        async with running as run:
            view = _View(builder.operations, run, timeline)
            try:
                if console.is_terminal and not console.is_dumb_terminal:
                    await _live(view, console)
                else:
                    await view.follow()
            finally:
                console.print(view.tree())
    return 0


@asynccontextmanager
async def _journal_of(
    target: str, journal: str | None, run_id: str | None
) -> AsyncGenerator[Journal | None]:
    if journal is None:
        yield None
        return
    async with open_journals(journal, must_exist=False) as streams:
        path, name = split_target(target)
        stem = Path(path).stem
        kept = streams.journal(run_id or (stem if name == DEFAULT_NAME else f"{stem}:{name}"))
        with suppress(NotFound):
            if (await kept.status()).state is StreamState.RUNNING:
                note(f"another process runs {kept.id!r}: following it, until it ends or is gone")
        yield kept


@asynccontextmanager
async def _opened(builder: Builder) -> AsyncGenerator[None]:
    session = builder.session
    if session is None or session.is_open:
        yield
    else:
        async with session:
            yield


async def _live(view: _View, console: Console) -> None:
    failure: Exception | None = None
    with live_on(console) as live:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_refresh, view, live, name="draw")
            try:
                await view.follow()
            except Exception as error:  # comes out as it is, not in the nursery's group
                failure = error
            nursery.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _refresh(view: _View, live: Live) -> None:
    while True:
        live.update(view.tree(), refresh=True)
        await trio.sleep(REFRESH_SECONDS)


class _View:
    """The lines that are shown of a run; none of them holds control characters."""

    def __init__(self, operations: tuple[Operation, ...], run: FlowRun, timeline: Timeline) -> None:
        self._operations = operations
        self._run = run
        self._timeline = timeline
        self._tails: dict[str, deque[str]] = {}

    async def follow(self) -> None:
        """Read the flow to its end, and keep the last words of each operation."""
        async for operation_id, chunk in self._run:
            said = chunk.data if isinstance(chunk, Chunk) else str(chunk)
            tail = self._tails.setdefault(operation_id, deque(maxlen=TAIL_CHARACTERS))
            tail.extend(" ".join(escape_controls(said).split("\n")))

    def tree(self) -> Tree:
        """Each operation below the last of those that it needs."""
        status = self._run.status
        root = Tree(Text(f"flow of {len(self._operations)} operations", style="bold"))
        self._grow(root, Graph(self._operations), status)
        return root

    def _grow(self, root: Tree, graph: Graph, status: Mapping[Any, OperationStatus]) -> None:
        branches: dict[Operation, Tree] = {}
        for operation in graph.order:
            needed = [*operation.after, *filter(None, [operation.producer])]
            above = branches[needed[-1]] if needed else root
            branches[operation] = branch = above.add(self._line(status[operation]))
            if operation.inner is not None:
                self._grow(branch, operation.inner, status)

    def _line(self, status: OperationStatus) -> Group | Text:
        sign, style = _SIGNS[status.state]
        line = Text(f"{sign} {escape_controls(status.operation.name)}", style=style)
        facts: list[str] = []
        times = self._timeline.times_of(status.operation.id)
        if times is not None:
            began, ended = times
            facts.append(f"{began:.2f} → {'…' if ended is None else f'{ended:.2f} s'}")
        if status.chunks:
            facts.append(f"{status.chunks} chunks")
        if status.first_chunk is not None:
            facts.append(f"first after {status.first_chunk:.3f} s")
        if status.seconds is not None:
            facts.append(f"{status.seconds:.2f} s")
        if status.again:
            facts.append("again, because something has changed")
        if status.error is not None:
            cause = "" if status.because is None else f"for {status.because.name}: "
            facts.append(f"{cause}{type(status.error).__name__}: {status.error}")
        if facts:
            said = " ".join(escape_controls(", ".join(facts)).split())
            line.append(f"  {said}", style="dim")
        tail = self._tails.get(status.operation.id)
        if not tail:
            return line
        words = Text("".join(tail).strip(), no_wrap=True, overflow="ellipsis")
        return Group(line, words)
