"""The law of a stream that fails: held items come first, and then the failure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Literal

import hypothesis
import trio
from hypothesis import strategies as st

from ..._channels._source import Source
from ..._chunks import Chunk, TextChunk
from ...transformers import source
from ..strategies._cutting import cuts
from ..strategies._prose import prose
from ._broken import LawBroken, for_all, shown
from ._operators import Operator, piped
from ._running import Log, MineError, check_plain, producer, run


def check_broken_off(
    operator: Operator,
    items: st.SearchStrategy[list[Any]] | None = None,
    *,
    lossless: bool = False,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that *operator* gives the items that it holds back before the failure of its stream::

        def test_my_recipe():
            check_broken_off(transformer(MySplitter, text=True), lossless=True)

    *operator* is a recipe, or a function from a source to a source.  *items* is a strategy of
    the items before the failure, by default `prose` cut anywhere, as strings and as chunks.  The law: the
    items that come while the stream is open come first, then more or none, then the failure as it is.
    With *lossless*, they are all of the text, too.  An operator that had enough before the failure ends as
    if there were none.

    Runs event loops of its own: call it from a plain test function.

    :raises LawBroken: says on which items.
    """
    apply = piped(operator)

    def check(before: list[Any]) -> None:
        failure = MineError("the source failed")
        whole, end = run(_come_so_far, apply, before)
        if isinstance(end, Exception):
            return  # the items themselves are wrong, so the source is not read to its failure
        got: list[Any] = []
        caught = run(_read, apply(producer(before, Log(), failure)), got)
        if caught is None:
            if end is None or got != whole:
                raise LawBroken(
                    "broken off",
                    f"the source gave {shown(before)} and failed; the stream ended as if it were whole,"
                    f" with {shown(got)}",
                )
            return
        check_plain(caught, failure, "the source's failure")
        if got[: len(whole)] != whole:
            raise LawBroken(
                "broken off",
                f"of {shown(before)} came {shown(whole)}; when the source failed then, it was {shown(got)}"
                " instead of that and what was held back",
            )
        if lossless and _text(got) != _text(before):
            raise LawBroken(
                "broken off",
                f"the source gave {shown(before)} and failed; before the failure came {shown(got)}, and the"
                " rest of the text was lost: a flush() or a break_off() has to give what is held back",
            )

    for_all(_pieces() if items is None else items, check, settings)


def _pieces() -> st.SearchStrategy[list[Any]]:
    """Prose in pieces: strings, or chunks."""
    pieces = prose(max_size=6).flatmap(cuts)
    return pieces | pieces.map(lambda texts: [TextChunk(text) for text in texts])


async def _read(stream: Source[Any], got: list[Any]) -> Exception | None:
    """Put the items of *stream* into *got*; return its failure, if it failed."""
    try:
        async with stream as channel:
            async for item in channel:
                got.append(item)
    except Exception as error:
        return error
    return None


async def _come_so_far(
    apply: Callable[[Source[Any]], Source[Any]], before: Sequence[Any]
) -> tuple[list[Any], Exception | Literal["enough"] | None]:
    """The items that come of *before* while more may follow, and the failure or end among them, if any."""

    @source
    async def open_source() -> AsyncIterator[Any]:
        for item in before:
            yield item
        await trio.sleep_forever()

    got: list[Any] = []
    with trio.move_on_after(1):
        return got, await _read(apply(open_source()), got) or "enough"
    return got, None


def _text(items: Sequence[Any]) -> str:
    return "".join(item.data if isinstance(item, Chunk) else item for item in items)
