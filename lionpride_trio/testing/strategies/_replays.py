"""Recorded answers, cut anew."""

from __future__ import annotations

import os

from hypothesis import strategies as st

from ...recording import Recording, ReplayClient
from ._cutting import byte_cuts


def replays(recording: Recording | str | os.PathLike[str]) -> st.SearchStrategy[ReplayClient]:
    """Clients that give the answers of a recording, cut in every way::

        @given(replays("call.jsonl"))
        def test_my_application(client):
            model = replay(client)

    Shrinks to bodies that come whole.
    """
    found = recording if isinstance(recording, Recording) else Recording.load(recording)
    return _clients(found)


@st.composite
def _clients(draw: st.DrawFn, recording: Recording) -> ReplayClient:
    bodies = dict.fromkeys(call.answer for call in recording.calls)
    ways = {body: draw(byte_cuts(body)) for body in bodies}
    return ReplayClient(recording, cut=ways.__getitem__)
