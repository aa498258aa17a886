"""The door for asyncio programs: trio runs as a guest on the loop of asyncio.

::

    from lionpride_trio import aio, iModel

    async with aio.open(model.stream("Why is the sea salt?")) as reply:
        async for chunk in reply:
            print(chunk, end="")
    response = await aio.complete(model, "Why is the sea salt?")

Whatever is open at one time on one loop shares one run of trio, which begins with the first opening and
ends with the last.  A program that opens often keeps something open, such as a session:
``async with aio.open(Session()) as session``.

Layout: ``_guest`` (the run of trio and its life), ``_held`` (a block that is open on trio, for a task
of asyncio), ``_items`` (its items), ``_open`` (what users call), ``_crossing`` (the way back: what a task
of trio awaits on asyncio).
"""

from .._public import show_public_path
from ._items import Items
from ._open import Opening, complete, open, run

__all__ = ["Items", "Opening", "complete", "open", "run"]

show_public_path(globals())
