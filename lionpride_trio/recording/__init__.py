"""Record model calls to a file, and replay them without a network.

::

    async with record("call.jsonl") as client:
        model = iModel("openai", "gpt-4o-mini", http_client=client)
        await model.complete("hi")

    response = await replay("call.jsonl").complete("hi")

Layout: ``_file`` (the format), ``_secrets`` (what is masked), ``_log`` (what appends to the file),
``_record`` and ``_replay``.
"""

from .._public import show_public_path
from ..providers import register
from ._file import Piece, RecordedCall, Recording
from ._record import RecordingClient, record
from ._replay import Replay, ReplayClient, ReplayProvider, replay

__all__ = [
    "Piece",
    "RecordedCall",
    "Recording",
    "RecordingClient",
    "ReplayClient",
    "ReplayProvider",
    "record",
    "replay",
]

show_public_path(globals())

register(Replay(), replace=True)
