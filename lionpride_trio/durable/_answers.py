"""Answers that people send to a flow: kept under their name until the flow takes them.

An answer is a durable stream of one item.  The first that is sent under a name counts, until the flow
forgets it; so a second click changes nothing.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

import trio

from .._errors import DecodeError
from .._json_form import read_line, write_line
from ._store import End, State, Store
from ._values import from_data

SEND_SECONDS: Final = 10.0
"""Seconds that sending may take, before another may send under the same name."""
_LEAST_WAIT: Final = 0.05


def name_of_answer(journal: str, name: str) -> str:
    """The name in the store.  No id of a stream has a NUL, so no stream has this name."""
    return f"answer\0{journal}\0{name}"


async def send_answer(store: Store, name: str, data: Any) -> bool:
    """Keep *data* as the answer *name* (in the store).  False where there is one already."""
    line = write_line({"id": uuid.uuid4().hex, "value": data}, "an answer")
    writer = uuid.uuid4().hex
    while True:
        async with store.listen(("news", name)) as bell:
            page = await store.read(name, 0, 1)
            if page is not None and page.items:
                return False
            with trio.CancelScope(shield=True):  # half an answer would block the name for a while
                if await store.take_over(name, writer, SEND_SECONDS):
                    await store.append(name, writer, 1, [line], SEND_SECONDS, End(State.ENDED))
                    page = await store.read(name, 0, 1)
                    return page is not None and list(page.items) == [line]
            with trio.move_on_after(_LEAST_WAIT):
                await bell.wait()


class Answers:
    """The answers of one journal, as the flow that waits for them sees them."""

    def __init__(self, store: Store, journal: str) -> None:
        self._store = store
        self._journal = journal

    async def id_of(self, name: str) -> str | None:
        """The id of the answer *name*, if there is one."""
        page = await self._store.read(name_of_answer(self._journal, name), 0, 1)
        if page is None or not page.items:
            return None
        return str(json.loads(page.items[0])["id"])

    async def wait(self, name: str) -> Any:
        """The answer *name*, as soon as there is one."""
        stored = name_of_answer(self._journal, name)
        async with self._store.listen(("news", stored)) as bell:
            while not (page := await self._store.read(stored, 0, 1)) or not page.items:
                await bell.wait()
        try:
            return from_data(read_line(page.items[0])["value"])
        except (ValueError, KeyError, RecursionError) as error:
            raise DecodeError(f"the answer {name!r} cannot be read: {error}") from error

    async def forget(self, name: str) -> None:
        """Let the next that is sent count."""
        await self._store.delete(name_of_answer(self._journal, name))
