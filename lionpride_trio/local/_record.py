"""The requests that came to a server, as it remembers them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import trio


@attrs.define(eq=False, kw_only=True)
class RecordedRequest:
    """One request, and what became of its answer."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str] = attrs.field(repr=False)
    """By names in lower case.  The client's key is among them."""
    body: bytes = attrs.field(repr=False)
    disconnected: bool = False
    """The client went away before its answer was whole."""
    _finished: trio.Event = attrs.field(factory=trio.Event, repr=False)

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)

    async def wait_finished(self) -> None:
        """Wait until the answer was sent, or the client's going was seen (see `disconnected`)."""
        await self._finished.wait()

    def finish(self, *, disconnected: bool) -> None:
        """Note that nothing more will be sent."""
        self.disconnected = disconnected
        self._finished.set()
