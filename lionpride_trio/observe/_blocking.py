"""`watch_blocking`: steps of the event loop that take too long, and where.

Goals.  The place is that of the line that blocks, not of the next wait after it.  Nothing is slower outside the
block.

Strategy.  An instrument of trio notes when each step of a task begins and ends.  A thread looks now and then
whether a step takes too long, and then takes down the stack of the thread that trio runs in: nobody but another
thread can, while the loop is blocked.  What was found is told when the step has ended; of one that goes on for
long, which may never end, the thread tells by itself.

A function in C that keeps the interpreter's lock keeps that thread out, too.  Then the place is where the task
waits after the step, and `BlockedStep.is_exact` is False.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from types import FrameType
from typing import Any, Final

import attrs
import trio

from .._channels._entrance import check_on_trio
from .._checks import check_seconds
from .._safe_text import escape_controls
from ._text_width import plain

KEPT_STEPS: Final = 100
"""Steps that a watch keeps; older ones are forgotten."""
_LOOKS: Final = 4
"""Looks of the thread in the time that a step may take."""
_LONG: Final = 10
"""A step that takes so many times as long is told of while it goes on."""

_logger: Final = logging.getLogger("lionpride_trio")
_TRIO: Final = os.path.dirname(trio.__file__)  # ruff: ignore[os-path-dirname] - as frames name their files


@attrs.frozen
class BlockedStep:
    """One step of a task that took too long."""

    task: str
    """The task's name, in one line, with control characters made visible."""
    seconds: float
    """How long it took."""
    place: str
    """File, line and function of what took so long."""
    stack: str
    """The task's stack, as in a traceback."""
    is_exact: bool
    """True if the stack was taken while it was blocked; else it is where the task waits after that."""


class BlockingWatch:
    """The steps that `watch_blocking` has seen; ``steps`` has the last 100."""

    def __init__(self) -> None:
        self.steps: deque[BlockedStep] = deque(maxlen=KEPT_STEPS)

    def __repr__(self) -> str:
        return f"<BlockingWatch, {len(self.steps)} steps were too long>"


@asynccontextmanager
async def watch_blocking(
    seconds: float = 0.1, *, clock: Callable[[], float] = time.perf_counter
) -> AsyncGenerator[BlockingWatch]:
    """Warn of steps of the event loop that take *seconds* or longer, as long as the block.

    Such a step (``time.sleep``, a synchronous client, a long computation) stops all tasks, and so all streams.
    Each is one warning of the logger ``lionpride_trio`` when it has ended, with the task's name, the place and its
    stack, and the block's value keeps the last 100.  One that takes ten times as long is warned of while it goes on,
    from the watch's thread: it may never end.  All tasks of the run are watched.  Starts a thread, which ends with
    the block.

    *clock* tells seconds; it is real time that blocks, whatever clock trio runs by.

    :raises ConfigurationError: *seconds* is no number above 0.
    """
    check_seconds("seconds", seconds)
    check_on_trio()
    watch = BlockingWatch()
    sampler = _Sampler(seconds, clock)
    instrument = _Steps(watch, sampler, seconds, clock)
    thread = threading.Thread(target=sampler.run, name="watch_blocking", daemon=True)
    thread.start()
    trio.lowlevel.add_instrument(instrument)
    try:
        yield watch
    finally:
        # Trio drops an instrument that raised, as one does whose clock raises.
        with suppress(KeyError):
            trio.lowlevel.remove_instrument(instrument)
        sampler.stop()
        thread.join()  # which waits for nothing by now


class _Sampler:
    """Takes the stack of a step that takes too long, in a thread of its own."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._ident = threading.get_ident()
        self._stopped = threading.Event()
        self._told: float | None = None
        self.began: float | None = None
        """When the step that runs now began."""
        self.task = ""
        """The name of the task whose step it is."""
        self.sample: tuple[float, list[traceback.FrameSummary]] | None = None
        """The stack that was taken last, and when its step had begun."""

    def run(self) -> None:
        """Look at the loop until `stop`."""
        while not self._stopped.wait(self._seconds / _LOOKS):
            began, task = self.began, self.task
            took = 0.0 if began is None else self._clock() - began
            if began is None or took < self._seconds:
                continue
            if self.sample is not None and self.sample[0] == began:
                if took >= self._seconds * _LONG and self._told != began and self.began == began:
                    self._told = began
                    _warn("has been blocking", _step(task, took, self.sample[1], is_exact=True))
            else:
                frame = sys._current_frames().get(self._ident)  # ruff: ignore[private-member-access] - the way to another thread's stack
                if frame is not None and self.began == began:
                    self.sample = began, _frames_of_task(frame)

    def stop(self) -> None:
        """Let `run` end."""
        self._stopped.set()


class _Steps(trio.abc.Instrument):
    def __init__(
        self, watch: BlockingWatch, sampler: _Sampler, seconds: float, clock: Callable[[], float]
    ) -> None:
        self._watch = watch
        self._sampler = sampler
        self._seconds = seconds
        self._clock = clock

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self._sampler.task = task.name
        self._sampler.began = self._clock()

    def after_task_step(self, task: trio.lowlevel.Task) -> None:
        began, self._sampler.began = self._sampler.began, None
        if began is None:  # the step in which the watch began
            return
        took = self._clock() - began
        if took >= self._seconds:
            self._report(task, began, took)

    def _report(self, task: trio.lowlevel.Task, began: float, took: float) -> None:
        sample = self._sampler.sample
        is_exact = sample is not None and sample[0] == began
        frames = sample[1] if is_exact and sample is not None else _frames_of_wait(task)
        step = _step(task.name, took, frames, is_exact=is_exact)
        self._watch.steps.append(step)
        _warn("blocked", step)


def _step(
    task: str, seconds: float, frames: list[traceback.FrameSummary], *, is_exact: bool
) -> BlockedStep:
    place = "an unknown place"
    if frames:
        last = frames[-1]
        place = f"{last.filename}:{last.lineno} in {last.name}"
    stack = "".join(traceback.format_list(frames))
    # The names of tasks and files may have come from anywhere: in a log and on a terminal they are text.
    return BlockedStep(plain(task), seconds, plain(place), escape_controls(stack), is_exact)


def _warn(verb: str, step: BlockedStep) -> None:
    # A filter of the program's that raises would end the watch in the middle: trio drops an instrument that raises,
    # and the thread would end.  The step is in the watch's list all the same.
    with suppress(Exception):
        _logger.warning(
            "task %s %s the event loop for %.3f s %s %s; let a thread do it:"
            " await trio.to_thread.run_sync(…)\n%s",
            step.task,
            verb,
            step.seconds,
            "at" if step.is_exact else "before",
            step.place,
            step.stack.rstrip(),
            extra={
                "kind": "blocked",
                "task": step.task,
                "seconds": step.seconds,
                "place": step.place,
            },
        )


def _frames_of_task(frame: FrameType) -> list[traceback.FrameSummary]:
    """The frames of the task that runs: those after the last one of trio's own loop, the blocking one last."""
    frames = traceback.extract_stack(frame)
    loops = [n for n, one in enumerate(frames) if one.name == "unrolled_run" and _is_trio(one)]
    begin = loops[-1] + 1 if loops else 0
    return [one for one in frames[begin:] if not one.filename.endswith(("outcome/_impl.py",))]


def _frames_of_wait(task: trio.lowlevel.Task) -> list[traceback.FrameSummary]:
    """The frames of a task that waits, without those of trio's."""
    found: list[traceback.FrameSummary] = []
    waiting: Any = task.coro
    while waiting is not None:
        frame = getattr(waiting, "cr_frame", None) or getattr(waiting, "gi_frame", None)
        if frame is None:
            break
        found += traceback.extract_stack(frame, limit=1)
        waiting = getattr(waiting, "cr_await", None) or getattr(waiting, "gi_yieldfrom", None)
    return [one for one in found if not _is_trio(one)]


def _is_trio(frame: traceback.FrameSummary) -> bool:
    return frame.filename.startswith(_TRIO)
