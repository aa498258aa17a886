"""The record of one call: when what happened, and who is told of it.

Each call has one, and a call that nobody observes pays for it with a few numbers.  ``story`` is None there, and
all that would be told is asked for that first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Literal

import attrs
import trio

from .._chunks import Usage, Verdict
from .._observer import Listeners, begin_story, outcome_of
from .._observer._events import (
    Answered,
    CallStarted,
    ChunksReceived,
    Content,
    Finished,
    FirstContent,
    Outcome,
    RequestSent,
    Retried,
    Stalled,
    Waiting,
)
from .._readonly import ReadOnlyDict
from .._safe_text import Secret
from .._timings import CallFacts, Timings
from .._transport import Exchange
from .._transport._request import Origin
from ..providers import Provider
from ..providers._faults import request_id
from ._arrivals import Arrivals
from ._pace import Pace

if TYPE_CHECKING:
    from .._response import Response
    from ._stalls import StallWatch

_COOKIES: Final = frozenset({"set-cookie", "set-cookie2"})
_MODEL_ID: Final = re.compile(r"[\w.:/@+ -]{1,128}")


def _model_of(response: Response) -> str | None:
    """The model that a response names, if that is like the id of one: an event quotes no server."""
    model = response.metadata.get("model")
    return model if isinstance(model, str) and _MODEL_ID.fullmatch(model) else None


class CallRecord:
    """When what of one call happened; and the telling of it, where somebody listens."""

    __slots__ = (
        "_arrivals",
        "_attempts",
        "_began",
        "_clock",
        "_ended",
        "_exchange",
        "_finished",
        "_first_byte",
        "_first_content",
        "_known",
        "_messages",
        "_provider",
        "_secrets",
        "_sent",
        "_server",
        "_streamed",
        "_waited",
        "head_was_late",
        "opened",
        "pace",
        "story",
        "watch",
    )

    def __init__(
        self,
        listeners: Sequence[Listeners],
        provider: Provider,
        model: str,
        *,
        streamed: bool,
        messages: Sequence[Any] = (),
    ) -> None:
        self._began = trio.current_time()
        self._provider = provider
        self._secrets: Sequence[Secret] = ()
        self._streamed = streamed
        self._waited = 0.0
        self._sent: float | None = None
        self._first_byte: float | None = None
        self._first_content: float | None = None
        self._ended: float | None = None
        self._exchange: Exchange | None = None
        self._known: CallFacts | None = None
        self._attempts = 0
        self._finished = False
        self._server: Origin | None = None
        self._clock = ("", math.inf)
        self._messages: Sequence[Any] = ()
        self.head_was_late = False
        """Half of the clock for the head was used up: the reply's watch does not tell that again."""
        self.opened = False
        """The reply was handed to its reader: what ends it early from now on is no failure of the call."""
        self.pace = Pace()
        self.watch: StallWatch | None = None
        self.story = begin_story(*listeners, provider=provider.name, model=model)
        self._arrivals: Arrivals | None = None
        if self.story is not None:
            if self.story.is_heard(ChunksReceived):
                self._arrivals = Arrivals(self.story)
            if self.story.is_heard(Content):
                self._messages = tuple(messages)
            self.story.tell(CallStarted, streamed=streamed)

    # What happens, in its order.

    def waits(self, reason: Literal["slot", "limit"], seconds: float | None = None) -> None:
        """The call is about to wait."""
        if self.story is not None:
            self.story.tell(Waiting, reason=reason, seconds=seconds)

    def has_waited(self, seconds: float) -> None:
        """The call has waited for a slot or a limit."""
        self._waited += seconds

    def begin_attempt(
        self, clock: str, limit: float, server: Origin, secrets: Sequence[Secret]
    ) -> None:
        """An attempt begins: a request to *server*, whose answer *clock* gives *limit* seconds.

        *secrets* are masked in what the answer's headers say.
        """
        self._secrets = secrets
        self._attempts += 1
        self._clock = clock, limit
        self._server = server
        self._sent = self._first_byte = self._ended = None
        self.head_was_late = False
        self.watch = None
        self._exchange = self._known = None
        self.pace = Pace()

    def request_sent(self) -> None:
        """The request has been sent; a transport may say so twice, when it had to send it again."""
        self._note_sent(trio.current_time())

    def _note_sent(self, at: float) -> None:
        if self._sent is None and self.story is not None:
            self.story.tell(RequestSent, at=at, attempt=self._attempts, **self._place())
        self._sent = at - self._began

    def head_is_late(self) -> None:
        """Half of the clock for the head is used up, or of that for an answer that is not streamed."""
        self.head_was_late = True
        if self.story is not None:
            clock, limit = self._clock
            self.story.tell(Stalled, slow="server", clock=clock, seconds=limit / 2, limit=limit)

    def answered(self, exchange: Exchange) -> None:
        """The head of the answer is there."""
        now = trio.current_time()
        if self._sent is None:
            self._note_sent(min(exchange.sent_at, now))
        if now - exchange.sent_at >= self._clock[1] / 2 and not self.head_was_late:
            self.head_is_late()  # a client of the user's does not tell while it waits
        self._exchange = exchange
        self._first_byte = now - self._began
        if self.story is not None:
            self.story.tell(
                Answered,
                attempt=self._attempts,
                status=exchange.status,
                request_id=self.request_id,
                rate_limits=self.facts(None).rate_limits,
            )

    def came(self, count: int) -> None:
        """*count* chunks came."""
        self.pace.came(count)
        watch = self.watch
        if watch is not None:
            # Written out, and not in methods of its parts: one chunk a read, each call is a tenth of all that
            # an observer costs.
            since = watch.idle_since
            if since is None:
                now = watch.clocks.time
            else:  # they were there without a wait
                now = watch.clocks.current_time()
                if now - since >= watch.patience:
                    watch.tell_reader(now)
            watch.idle_since = now
            arrivals = self._arrivals
            if arrivals is not None:
                if now < arrivals.burst_ends:
                    arrivals.burst += count
                else:
                    arrivals.begin_burst(now, count)

    def content_came(self) -> None:
        """The first content is there."""
        self._first_content = seconds = trio.current_time() - self._began
        if self.story is not None:
            self.story.tell(FirstContent, attempt=self._attempts, seconds=seconds)

    def retried(self, error: Exception, number: int, delay: float) -> None:
        """The attempt *number* failed and is repeated after *delay* seconds."""
        if self.story is not None:
            self._stop_watching()
            self.story.tell(
                Retried, attempt=number, delay=delay, error=type(error), status=self._status
            )

    def stop_clock(self) -> None:
        """The answer has ended, or will be handed out no further."""
        if self._ended is None:
            self._ended = trio.current_time() - self._began

    def finish(self, response: Response | None, error: BaseException | None) -> None:
        """The call has ended, by *error* or well, with what its answer has come to."""
        self._end(response, *outcome_of(error))

    def close(self, response: Response | None, error: BaseException | None) -> None:
        """The block of the call ends, by *error* perhaps, which is the reader's own once it was *opened*."""
        outcome, failure = outcome_of(error)
        if self.opened and outcome != "cancelled":
            outcome, failure = "left", None
        self._end(response, outcome, failure)

    def _end(
        self, response: Response | None, outcome: Outcome, failure: type[BaseException] | None
    ) -> None:
        if self._finished:
            return
        self._finished = True
        self.stop_clock()
        story = self.story
        if story is None:
            return
        self._stop_watching()
        usage: Usage | None = None
        verdict: Verdict | None = None
        if response is not None:
            usage, verdict = response.usage, response.verdict
        if story.is_heard(Content):
            story.tell(Content, messages=self._messages, response=response)
        story.end(
            Finished,
            outcome=outcome,
            verdict=verdict,
            error=failure,
            status=self._status,
            usage=usage,
            timings=self.timings(usage),
            attempts=self._attempts,
            request_id=self.request_id,
            answered_by=None if response is None else _model_of(response),
            **self._place(),
        )

    def _stop_watching(self) -> None:
        if self._arrivals is not None:
            self._arrivals.tell()
        if self.watch is not None:
            self.watch.close()

    # What is known of it.

    def _place(self) -> dict[str, Any]:
        """The server of the last attempt, as events tell it."""
        server = self._server
        return {
            "server": None if server is None else server.host,
            "port": None if server is None else server.port,
        }

    @property
    def _status(self) -> int | None:
        return None if self._exchange is None else self._exchange.status

    @property
    def request_id(self) -> str | None:
        """The id that the provider gave the request."""
        if self._exchange is None:
            return None
        found = request_id(self._exchange.headers, self._provider.request_id_headers)
        return None if found is None else self._masked(found)

    def _masked(self, text: str) -> str:
        """*text* without the keys of the request: servers and proxies repeat what they were sent."""
        for secret in self._secrets:
            text = secret.mask(text)
        return text

    def timings(self, usage: Usage | None) -> Timings:
        """When what came, so far."""
        return Timings(
            waited=self._waited,
            sent=self._sent,
            first_byte=self._first_byte,
            first_content=self._first_content,
            ended=self._ended,
            chunks=self.pace.chunks,
            longest_gap=self.pace.longest,
            p95_gap=self.pace.p95,
            tokens_per_second=self._tokens_per_second(usage),
        )

    def _tokens_per_second(self, usage: Usage | None) -> float | None:
        began = self._first_content if self._streamed else self._sent
        if usage is None or usage.output_tokens is None or began is None or self._ended is None:
            return None
        seconds = self._ended - began
        return usage.output_tokens / seconds if seconds > 0 else None

    def facts(self, usage: Usage | None) -> CallFacts:
        """Return the facts of the call that are known so far."""
        if self._exchange is None:
            return CallFacts(timings=self.timings(usage))
        known = self._known
        if known is None:
            headers = self._exchange.headers
            known = self._known = CallFacts(
                timings=Timings(),
                headers=ReadOnlyDict({
                    name: self._masked(value)
                    for name, value in headers.items()
                    if name not in _COOKIES
                }),
                request_id=self.request_id,
                rate_limits=self._provider.rate_limits(headers),
            )
        return attrs.evolve(known, timings=self.timings(usage))
