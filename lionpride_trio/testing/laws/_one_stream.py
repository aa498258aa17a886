"""The laws of a stage, each as a function of one input.  `check_stage` tries them on many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from ..._errors import LionprideError, LocalProtocolError
from ...stages._protocol import end
from ..strategies._cutting import one_by_one
from ._broken import LawBroken, shown
from ._outcomes import Make, Meaning, Outcome, run

_CHARS_ONE_BY_ONE: Final = 400


def check_fresh(make: Make, pieces: list[Any], meaning: Meaning = list) -> Outcome:
    """Refuse machines that share state: two of them, in turn and at once, must give what one alone gives."""
    machines = make(), make()
    if machines[0] is machines[1]:
        raise LawBroken(
            "fresh state", "make() gave the same object twice: it has to make a new one"
        )
    alone, again = run(make, pieces), run(make, pieces)
    if not again.same(alone, meaning):
        raise LawBroken(
            "fresh state",
            f"two streams of {shown(pieces)} one after the other gave {alone} and then {again}",
        )
    given: tuple[list[Any], list[Any]] = ([], [])
    ends: list[type[Exception] | None] = [None, None]
    steps = [*(("feed", (piece,)) for piece in pieces), ("flush", ())]
    for method, arguments in steps:
        for number, machine in enumerate(machines):
            if ends[number] is None:
                try:
                    given[number].extend(getattr(machine, method)(*arguments))
                except LionprideError as error:
                    ends[number] = type(error)
    for number in range(2):
        both = Outcome(given[number], ends[number])
        if not both.same(alone, meaning):
            raise LawBroken(
                "fresh state",
                f"two streams of {shown(pieces)} at the same time: one of them gave {both},"
                f" and alone it gives {alone}",
            )
    return alone


def check_cutting(
    make: Make, whole: Any, pieces: list[Any], cut: Outcome, meaning: Meaning
) -> None:
    """Refuse a machine for which the cuts of its input make a difference."""
    uncut = run(make, [whole])
    ways = [(pieces, cut)]
    if len(whole) <= _CHARS_ONE_BY_ONE:
        single = one_by_one(whole)
        padded = [whole[:0], *pieces, whole[:0]]  # with empty pieces
        ways += [(single, run(make, single)), (padded, run(make, padded))]
    for way, outcome in ways:
        if not outcome.same(uncut, meaning):
            raise LawBroken(
                "chunking invariance",
                f"fed with {shown([whole])} it gave {uncut}; fed with the same cut as {shown(way)}"
                f" it gave {outcome}",
            )


def check_end(make: Make, pieces: list[Any], *, broken: bool) -> None:
    """Refuse a machine that goes on after its end: its flush, or its ``break_off`` if it has one."""
    machine = make()
    name = "break_off" if broken and hasattr(machine, "break_off") else "flush"
    try:
        for piece in pieces:
            list(machine.feed(piece))
        list(end(machine, broken=broken))
    except LionprideError:
        return
    item = pieces[0] if pieces else ""
    try:
        given = list(machine.feed(item))
    except LocalProtocolError:
        again = list(machine.flush())
    else:
        raise LawBroken(
            "flush is final",
            f"after {shown(pieces)} and a {name} it still took {shown(item)} (and gave"
            f" {shown(given)}): it has to raise LocalProtocolError",
        )
    if again:
        raise LawBroken(
            "flush is final",
            f"after {shown(pieces)} and a {name}, a second flush gave {shown(again)}",
        )


def check_feed_all(make: Make, pieces: list[Any], alone: Outcome) -> None:
    """Refuse a ``feed_all`` that differs from ``feed`` for each item."""
    machine = make()
    feed_all: Callable[[list[Any]], Iterable[Any]] | None = getattr(machine, "feed_all", None)
    if feed_all is None:
        return
    given: list[Any] = []
    error: type[Exception] | None = None
    try:
        given.extend(feed_all(pieces))
        given.extend(machine.flush())
    except LionprideError as failure:
        error = type(failure)
    outcome = Outcome(given, error)
    if not outcome.same(alone, list):
        raise LawBroken(
            "feed_all is feed for each",
            f"for {shown(pieces)} feed_all gave {outcome}, and feed gives {alone}",
        )


def check_lossless(text: str, given: Sequence[str], *, broken: bool = False) -> None:
    """Refuse pieces that joined are not the text."""
    joined = "".join(given)
    if joined == text:
        return
    at = next((n for n, (a, b) in enumerate(zip(joined, text, strict=False)) if a != b), None)
    at = min(len(joined), len(text)) if at is None else at
    raise LawBroken(
        "lossless",
        f"fed with {shown(text)}{' and broken off' * broken}, it gave {shown(list(given))}; joined,"
        " that differs from the text"
        f" at character {at}: {shown(joined[at : at + 20])} instead of {shown(text[at : at + 20])}",
    )
