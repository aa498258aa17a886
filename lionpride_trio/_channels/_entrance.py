"""The checks of each way into the library: the program runs on trio, and writes ``async`` and ``await``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import trio

from .._errors import LocalProtocolError


def check_on_trio() -> None:
    """Refuse a call from asyncio.  Each way into the library begins with this.

    trio's own words for it, deep inside, say neither what is wrong nor what to do.

    :raises LocalProtocolError: says what to write.
    """
    if not trio.lowlevel.in_trio_task() and _in_asyncio():
        raise LocalProtocolError(
            "lionpride_trio runs on trio, and this is asyncio: start the program with"
            " trio.run(main) in the place of asyncio.run(main()), and serve an app with"
            " 'hypercorn -k trio module:app'.  A program that stays on asyncio writes"
            " 'async with aio.open(source) as items' and 'await aio.complete(model, …)', after"
            " 'from lionpride_trio import aio'"
        )


def _in_asyncio() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


class OnlyAsync:
    """Says what to write where ``await``, ``for`` or ``with`` is used on what is iterated with async."""

    def _how_to_use(self) -> str:
        return "write 'async with … as channel: async for item in channel'"

    def _refuse(self, use: str) -> NoReturn:
        raise TypeError(f"'{use}' does not fit {self!r}: {self._how_to_use()}")

    if not TYPE_CHECKING:  # the type checkers report these uses while the methods are not there

        def __await__(self):  # ruff: ignore[missing-return-type-special-method]
            self._refuse("await")

        def __iter__(self):  # ruff: ignore[missing-return-type-special-method]
            self._refuse("for")

        def __enter__(self):  # ruff: ignore[missing-return-type-special-method]
            self._refuse("with")

        def __exit__(self, *exc_info: object) -> None:
            """Never reached, but ``with`` looks for it first."""
