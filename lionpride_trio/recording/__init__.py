"""Record model calls to a file, and replay them without a network.

::

    async with record("call.jsonl") as client:
        model = iModel("openai", "gpt-4o-mini", http_client=client)
        await model.complete("hi")

    response = await replay("call.jsonl").complete("hi")

Layout: ``_format`` (the lines of a file), ``_call``, ``_reading`` and ``_file`` (what stands in them);
``_secrets`` (what is masked), ``_log`` (what appends to the file) and ``_record``; ``_replay_client``
(recorded bytes) and ``_replay`` (the model that they answer for).
"""

from .._public import show_public_path
from ..providers import register
from ._call import Piece, RecordedCall
from ._file import Recording
from ._record import RecordingClient, record
from ._replay import Replay, ReplayProvider, replay
from ._replay_client import ReplayClient

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
