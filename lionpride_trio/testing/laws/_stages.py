"""The laws of stages: machines with ``feed`` and ``flush``."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

import attrs
import hypothesis
from hypothesis import strategies as st

from ..._errors import LionprideError, LocalProtocolError
from ...stages import Stage
from ...stages._protocol import end
from ..strategies._cutting import byte_cuts, cuts, one_by_one
from ..strategies._prose import prose
from ._broken import LawBroken, for_all, shown, simpler_text

Make = Callable[[], Stage[Any, Any]]
Meaning = Callable[[list[Any]], object]

_CHARS_ONE_BY_ONE: Final = 400
FILLERS: Final = (
    "a",
    " ",
    "\n",
    '"',
    "[",
    "{",
    "`",
    "<",
    "a b\n",
    "a. ",
    "\\",
    'a, b; c: (d) "e" `f`.\n\n',
)
_OVERHEAD: Final = 64 * 1024


@attrs.frozen
class Outcome:
    """What a machine gave for some pieces, and the class of the error that it ended with."""

    given: list[Any]
    error: type[Exception] | None = None

    def same(self, other: Outcome, meaning: Meaning) -> bool:
        """Whether both mean the same.  NaN is equal to itself here."""
        mine, others = meaning(self.given), meaning(other.given)
        return self.error is other.error and (mine == others or repr(mine) == repr(others))

    def __str__(self) -> str:
        end = f", and then {self.error.__name__}" if self.error else ""
        return f"{shown(self.given)}{end}"


def run(make: Make, pieces: Iterable[Any], *, broken: bool = False) -> Outcome:
    """Feed a fresh machine with *pieces* and flush it, or break it off."""
    given: list[Any] = []
    machine = make()
    try:
        for piece in pieces:
            given += machine.feed(piece)
        given += end(machine, broken=broken)
    except LionprideError as error:
        return Outcome(given, type(error))
    return Outcome(given)


def check_stage(
    make: Make,
    inputs: st.SearchStrategy[Any] | None = None,
    *,
    meaning: Meaning = list,
    invariant: bool = True,
    max_hold: int | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that what *make* makes keeps the laws of stages::

        def test_my_stage():
            check_stage(MyStage)

    *inputs* is a strategy of whole inputs, each a `str` (by default `prose`), `bytes`, or a list of
    items.  Texts and bytes are cut in every way and must mean the same, unless *invariant* is
    false.  *meaning* makes of the list of what was given what has to be the same: ``"".join`` where
    a stage promises its text and not in which pieces it comes.  With *max_hold*, an endless input
    must not make the stage hold much more than so many characters; it is not tried without.

    A stage may end with a `LionprideError`, which then is a part of what it means; what else it
    raises comes out as it is.

    :raises LawBroken: says which law, and on which input.
    """
    longest: str | bytes = ""

    def check(example: tuple[Any, list[Any]]) -> None:
        whole, pieces = example
        nonlocal longest
        if isinstance(whole, str | bytes) and len(whole) > len(longest):
            longest = whole
        alone = check_fresh(make, pieces, meaning)
        if invariant and isinstance(whole, str | bytes):
            _check_cutting(make, whole, pieces, alone, meaning)
        _check_end(make, pieces, broken=False)
        _check_end(make, pieces, broken=True)
        _check_feed_all(make, pieces, alone)

    for_all(
        (prose() if inputs is None else inputs).flatmap(_with_pieces),
        check,
        settings,
        simpler=_simpler,
    )
    if max_hold is not None:
        fillers: list[Any] = [longest, *FILLERS]
        if isinstance(longest, bytes):
            fillers = [longest, *(filler.encode() for filler in FILLERS)]
        check_bounded(make, max_hold, fillers)


def check_splitter(
    make: Callable[[], Stage[str, Any]],
    texts: st.SearchStrategy[str] | None = None,
    *,
    max_hold: int | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check a stage, and that its pieces joined are the text, none of them empty, however it ends::

        def test_my_splitter():
            check_splitter(MySplitter)

    The pieces are strings.  A text that ends with an error need not have been given out.

    :raises LawBroken: says which law, and on which input.
    """
    wanted = prose() if texts is None else texts

    def check(text: str) -> None:
        for broken in (False, True):
            outcome = run(make, [text], broken=broken)
            if outcome.error is None:
                check_lossless(text, outcome.given, broken=broken)
            if not all(outcome.given):
                raise LawBroken(
                    "lossless", f"fed with {shown(text)}, it gave an empty piece: {outcome}"
                )

    for_all(wanted, check, settings, simpler=simpler_text)
    check_stage(make, wanted, max_hold=max_hold, settings=settings)


def check_lossless(text: str, given: Sequence[str], *, broken: bool = False) -> None:
    """The pieces joined are the text."""
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


def _with_pieces(whole: Any) -> st.SearchStrategy[tuple[Any, list[Any]]]:
    if isinstance(whole, str):
        return st.tuples(st.just(whole), cuts(whole))
    if isinstance(whole, bytes):
        return st.tuples(st.just(whole), byte_cuts(whole))
    return st.just((whole, list(whole)))


def _simpler(example: tuple[Any, list[Any]]) -> Iterator[tuple[Any, list[Any]]]:
    """Texts with fewer cuts, and with less in a piece."""
    whole, pieces = example
    if not isinstance(whole, str):
        return
    for n in range(len(pieces) - 1):
        yield whole, [*pieces[:n], pieces[n] + pieces[n + 1], *pieces[n + 2 :]]
    for n, piece in enumerate(pieces):
        for less in simpler_text(piece):
            fewer = [*pieces[:n], less, *pieces[n + 1 :]]
            yield "".join(fewer), fewer


def check_fresh(make: Make, pieces: list[Any], meaning: Meaning = list) -> Outcome:
    """Two machines, one after the other and both at once, give what one alone gives."""
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


def _check_cutting(
    make: Make, whole: Any, pieces: list[Any], cut: Outcome, meaning: Meaning
) -> None:
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


def _check_end(make: Make, pieces: list[Any], *, broken: bool) -> None:
    """What ends a machine ends it for good: its flush, and its ``break_off`` if it has one."""
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


def _check_feed_all(make: Make, pieces: list[Any], alone: Outcome) -> None:
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


def check_bounded(make: Make, max_hold: int, fillers: Iterable[Any] = FILLERS) -> None:
    """An endless input does not make the machine hold much more than *max_hold* characters.

    Measured in bytes of memory: at most eight for each character, and 64 KiB beside.
    """
    for filler in filter(None, fillers):
        piece = filler * max(1, max(256, max_hold // 4) // len(filler))
        total = max(32 * max_hold, 4 * _OVERHEAD)
        held = _held_after(make(), piece, total)
        if held > 8 * max_hold + _OVERHEAD:
            raise LawBroken(
                "bounded",
                f"fed with {total} characters of {shown(filler)} over and over it held {held} bytes"
                f" more than at the start, and did not raise LimitExceeded: max_hold={max_hold}",
            )


def _held_after(machine: Stage[Any, Any], piece: Any, total: int) -> int:
    gc.collect()
    traced = tracemalloc.is_tracing()
    if not traced:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(total // len(piece)):
            # A piece of its own each time: to hold one that is there already costs nothing.
            for _given in machine.feed(piece[:1] + piece[1:]):
                pass
        return tracemalloc.get_traced_memory()[0] - before
    except LionprideError:
        return 0
    finally:
        if not traced:
            tracemalloc.stop()
