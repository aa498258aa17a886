"""The stream that most tests of channels and flows have: numbers, at a pace, with an end of its own."""

from __future__ import annotations

import trio

from lionpride_trio import source


async def counting(n, *, every=0.0, then=None, log=None):
    """0 to *n*, one *every* so many seconds, and *then* a failure; *log* has what was asked for."""
    try:
        for number in range(n):
            if every:
                await trio.sleep(every)
            if log is not None:
                log.append(number)
            yield number
        if then is not None:
            raise then
    finally:
        if log is not None:
            log.append("closed")


numbers = source(counting)
