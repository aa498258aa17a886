"""``map_durable``: a function on each of many items, with a journal of what is done."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence, Sized
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar, get_args

import attrs

from .._channels._nursery import is_cancelled
from .._channels._source import Source
from .._checks import check_awaited, check_gives_awaitable, check_size, check_word
from .._errors import ConfigurationError, DecodeError
from ..flow._facts import changed_fact, digest
from ..transformers import from_iterable, map_concurrent, source
from ._journal import Journal
from ._journal_lines import JournalLines, make_line, read_done
from ._journal_writer import JournalWriter
from ._records import write_error
from ._values import write_value

In = TypeVar("In")
Out = TypeVar("Out")
OnError: TypeAlias = Literal["cancel", "skip"]

_logger: Final = logging.getLogger("lionpride_trio")


@attrs.frozen(kw_only=True)
class Mapped(Generic[In, Out]):
    """One item of a batch that is done, or has failed."""

    key: str
    item: In
    result: Out
    """What the function gave; None where it failed."""
    error: Exception | None = None
    """The failure, with ``on_error="skip"``."""
    from_journal: bool = False
    """Whether it was done before, and was not done again."""

    def __str__(self) -> str:
        """The text of the result."""
        return "" if self.error is not None else str(self.result)


def map_durable(
    function: Callable[[In], Awaitable[Out]],
    items: Iterable[In] | Source[In],
    *,
    journal: Journal,
    limit: int = 8,
    key: Callable[[In], str | int] | None = None,
    on_error: OnError = "cancel",
    ordered: bool = False,
) -> Source[Mapped[In, Out]]:
    """A source of the results of the async *function* on each of *items*, written down in *journal* as they are there.

    Left, killed or failed, the same call with the same journal goes on: it gives what was done before at once
    (``from_journal``), and calls the function for the rest.  At most *limit* calls run at once; a slow reader stops
    them.  Results come as they are there, or with *ordered* in the order of the items.

    *key* gives each item a name by which it is known again; an item that is a `str` is its own.  No key may
    be there twice.  An item that has changed under its key is done again, with a record of the logger.  Results are
    text, numbers, lists, mappings, responses and parts, or objects of attrs classes, dataclasses and enumerations.

    A failure cancels the calls that run, and arrives at the reader; with ``on_error="skip"`` it is the ``error`` of its
    item, which the next run tries again, and the others go on.

    Opening it opens a nursery.

    :raises ConfigurationError: an argument is wrong, or two items of a list have one key; before any call.
    """
    check_awaited("map_durable()", "function", function, "map_each(…) for what does not wait")
    check_size("limit", limit)
    check_word("on_error", on_error, get_args(OnError))
    if not isinstance(journal, Journal):
        raise ConfigurationError(
            f"journal= takes what streams.journal('batch-1') gives, not {journal!r:.100}"
        )
    if isinstance(items, str | bytes):
        raise ConfigurationError(
            f"map_durable() takes a list of items, not the text {items!r:.100}"
        )
    batch = _Batch(function, key, on_error)
    if isinstance(items, Sequence):
        batch.check_keys(items)
    stream = items if isinstance(items, Source) else from_iterable(items)
    total = len(items) if isinstance(items, Sized) else None
    return _run_batch(batch, stream, journal, limit, total, ordered=ordered)


@source
async def _run_batch(
    batch: _Batch,
    items: Source[Any],
    journal: Journal,
    limit: int,
    total: int | None,
    *,
    ordered: bool,
) -> AsyncGenerator[Mapped[Any, Any]]:
    async with journal.hold("batch") as (lines, writer):
        writer.write_nowait(make_line("open", "batch", total=total))
        batch.begin(lines, writer, journal.id)
        results = items | map_concurrent(batch.do, limit, ordered=ordered)
        async with results as channel:
            async for mapped in channel:
                yield mapped  # ruff: ignore[yield-in-context-manager-in-async-generator] - @source owns it


class _Batch:
    """The calls of one batch.  `begin` gives it the journal, anew at each opening."""

    _lines: JournalLines
    _writer: JournalWriter
    _id: str
    _seen: set[str]

    def __init__(
        self, function: Callable[[Any], Any], key: Callable[[Any], Any] | None, on_error: OnError
    ) -> None:
        self._function = function
        self._key = key
        self._on_error = on_error

    def begin(self, lines: JournalLines, writer: JournalWriter, id: str) -> None:
        """Go on with a journal."""
        self._lines, self._writer, self._id = lines, writer, id
        self._seen = set()

    def check_keys(self, items: Iterable[Any]) -> None:
        """Refuse keys that are none, or that are there twice."""
        self._seen = set()
        for item in items:
            self._new_key(item)

    def _new_key(self, item: Any) -> str:
        key = item if self._key is None else self._key(item)
        if isinstance(key, int) and not isinstance(key, bool):
            key = str(key)
        if not isinstance(key, str):
            raise ConfigurationError(
                f"the key of an item is a text, not {key!r:.100}: give key=, a function from an item to its name"
            )
        if key in self._seen:
            raise ConfigurationError(
                f"two items have the key {key!r:.200}: leave one out, or give key=, a function that tells"
                " them apart"
            )
        self._seen.add(key)
        return key

    async def do(self, item: Any) -> Mapped[Any, Any]:
        """The result for *item*: what the journal has, or what the function gives, once it is written down."""
        key = self._new_key(item)
        facts = {"item": digest(item)}
        known = self._known(key, item, facts)
        if known is not None:
            return known
        try:
            given = self._function(item)
            result = await check_gives_awaitable("map_durable()", self._function, given)
            data = write_value(
                result, f"the result for the item {key!r:.100}", "let the function give"
            )
        except Exception as error:
            self._writer.write_nowait(make_line("failed", key, error=write_error(error)))
            if self._on_error == "cancel" or is_cancelled():
                raise
            return Mapped(key=key, item=item, result=None, error=error)
        await self._writer.write(make_line("done", key, facts=facts, result=data))
        return Mapped(key=key, item=item, result=result)

    def _known(self, key: str, item: Any, facts: dict[str, str]) -> Mapped[Any, Any] | None:
        text = self._lines.done.get(key)
        if text is None:
            return None
        why = "it has changed"
        if changed_fact(self._lines.facts[key], facts) is None:
            try:
                result = read_done(text)["result"]
            except DecodeError as error:
                why = f"its result cannot be read: {error}"
            else:
                return Mapped(key=key, item=item, result=result, from_journal=True)
        _logger.warning("journal %r: item %r is done again: %s", self._id, key, why)
        return None
