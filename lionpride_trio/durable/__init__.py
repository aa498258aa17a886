"""Durable streams: written down under an id as they come, and read from any place.

::

    async with open_streams("sqlite:///app.db") as streams:
        await streams.start("chat-42", model.stream("Why is the sky blue?"))
        async with streams.follow("chat-42", after=last_id) as channel:
            async for chunk in channel:
                print(chunk.data, end="")
                last_id = channel.last_id

Layout: ``_records`` (items and errors as text); ``_store`` (what a store is) and the stores:
``_memory``, ``_sqlite`` with ``_transactions``, ``_tables`` and ``_schema``, and ``_redis`` with
``_scripts``; ``_run`` (writing), ``_follow`` (reading), ``_streams`` and ``_opening`` (what users call).

Journals of flows and batches stand on the same stores: ``_values`` (results as data), ``_journal_lines`` (what is
written), ``_journal_writer`` (who writes), ``_journal_taking`` (who may), ``_answers`` (what people send),
``_what_counts`` and ``_flow_journal`` (what of it counts), ``_journal_status``, ``_journal``, and ``_map`` (`map_durable`).
"""

from .._public import show_public_path
from ._follow import FollowChannel, FollowSource
from ._journal import Journal
from ._journal_status import JournalOperation, JournalStatus, OperationState
from ._map import Mapped, map_durable
from ._opening import open_streams
from ._status import StreamStatus
from ._store import State
from ._streams import Streams

__all__ = [
    "FollowChannel",
    "FollowSource",
    "Journal",
    "JournalOperation",
    "JournalStatus",
    "Mapped",
    "OperationState",
    "State",
    "StreamStatus",
    "Streams",
    "map_durable",
    "open_streams",
]

show_public_path(globals())
