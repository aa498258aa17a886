"""The laws of stages: machines with ``feed`` and ``flush``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import hypothesis
from hypothesis import strategies as st

from ...stages import Stage
from ..strategies._cutting import byte_cuts, cuts
from ..strategies._prose import prose
from ._bounds import FILLERS, check_bounded
from ._broken import LawBroken, for_all, shown, simpler_text
from ._one_stream import check_cutting, check_end, check_feed_all, check_fresh, check_lossless
from ._outcomes import Make, Meaning, run


def check_stage(
    make: Make,
    inputs: st.SearchStrategy[Any] | None = None,
    *,
    meaning: Meaning = list,
    invariant: bool = True,
    max_hold: int | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that the stages that *make* makes keep the laws of stages::

        def test_my_stage():
            check_stage(MyStage)

    *inputs* is a strategy of whole inputs, each a `str` (by default `prose`), `bytes`, or a list of
    items.  Texts and bytes are cut in every way and must mean the same, unless *invariant* is
    false: *meaning* of the list of results is compared.  Pass ``"".join`` where a stage promises its text
    and not the cuts of it.  With *max_hold*, endless inputs are tried too, and the stage must not hold
    much more than so many characters.

    A stage may end with a `LionprideError`, which then is a part of its result; other exceptions come
    out as they are.

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
            check_cutting(make, whole, pieces, alone, meaning)
        check_end(make, pieces, broken=False)
        check_end(make, pieces, broken=True)
        check_feed_all(make, pieces, alone)

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
