"""An HTTP client that is a script: no sockets, exact pieces at exact times."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final, TypeAlias

import attrs
import trio

from ..._errors import ConfigurationError
from ..._transport._like_httpx import OfflineResponse

Step: TypeAlias = bytes | str | float | Exception
"""A step of a body: a piece, as one read of the network gives it (a `str` is encoded); so many
seconds of silence; or a failure."""

EVENT_STREAM: Final[Mapping[str, str]] = {"content-type": "text/event-stream"}


@attrs.frozen
class Script:
    """One answer: ``Script([b"data: …", 2.0, b"…", OSError("reset")])``.

    Pauses are in seconds of trio's clock.  A body that ends without a failure ends cleanly, whole or
    not.
    """

    steps: Sequence[Step] = ()
    """Pieces of the body, seconds of silence, and failures, in order."""
    status: int = 200
    """The HTTP status."""
    headers: Mapping[str, str] = EVENT_STREAM
    """The headers of the answer."""


@attrs.frozen
class Sent:
    """One request that came."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    """When, by trio's clock."""

    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class ScriptedClient:
    r"""Answers its first request with the first of *answers*, and so on; the last is repeated.

    Pass it as ``http_client=`` to test all rooms above the transport without a network, under a clock
    that jumps.  An answer is a `Script`, its steps alone, or an exception, which is
    raised instead of an answer's head.  ``requests`` has the requests, ``open`` counts the answers
    that are open now::

        client = ScriptedClient([b"data: {}\n\n", 30.0, OSError("reset")])
        model = iModel("openai", "m", api_key="k", http_client=client)
    """

    def __init__(self, *answers: Script | Sequence[Step] | Exception) -> None:
        if not answers:
            raise ConfigurationError("a ScriptedClient needs answers, such as [b'data: …']")
        self._answers = [
            one if isinstance(one, Script | Exception) else Script(one) for one in answers
        ]
        self.requests: list[Sent] = []
        self.open = 0

    def stream(
        self, method: str, url: str, **options: Any
    ) -> AbstractAsyncContextManager[ScriptedResponse]:
        """A block that gives the next answer."""
        return self._answered(method, url, options)

    @asynccontextmanager
    async def _answered(
        self, method: str, url: str, options: Mapping[str, Any]
    ) -> AsyncGenerator[ScriptedResponse]:
        sent = Sent(
            method,
            url,
            {name.lower(): value for name, value in dict(options.get("headers") or {}).items()},
            options.get("content") or b"",
            trio.current_time(),
        )
        self.requests.append(sent)
        answer = self._answers[min(len(self.requests), len(self._answers)) - 1]
        await trio.lowlevel.checkpoint()
        if isinstance(answer, Exception):
            raise answer
        response = ScriptedResponse(answer)
        self.open += 1
        try:
            yield response
        finally:
            self.open -= 1
            response.closed = True

    async def aclose(self) -> None:
        """Nothing to close."""
        await trio.lowlevel.checkpoint()


class ScriptedResponse(OfflineResponse):
    """An answer: its head, and its body piece by piece."""

    def __init__(self, script: Script) -> None:
        super().__init__(script.status, script.headers)
        self._steps = list(script.steps)

    async def __anext__(self) -> bytes:
        await trio.lowlevel.checkpoint()
        while self._steps and not self.closed:
            step = self._steps[0]
            if isinstance(step, int | float):
                await trio.sleep(step)
                self._steps.pop(0)
                continue
            self._steps.pop(0)
            if isinstance(step, Exception):
                self._steps.clear()
                raise step
            return step.encode() if isinstance(step, str) else step
        raise StopAsyncIteration
