"""A wire: how one provider's requests are read, and what is its own in its replies.  No I/O.

A wire reads a request into an `Ask`; an encoder of `lionpride_trio.providers` writes the `Reply`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar

import attrs

from .._chunks import Usage
from ..providers.encoders import Encoder
from ._ask import Ask
from ._json import JsonObject
from ._reply import Part, Reply
from ._stored import StoredResponses

FAULT_MESSAGE = "The server had an error while answering (asked for by the model's name)"


@attrs.frozen(kw_only=True)
class Asked:
    """A request, as far as HTTP reads it."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: JsonObject
    id: str
    """The id that this server gave the request."""
    stored: StoredResponses = attrs.field(factory=StoredResponses, repr=False)


class Wire(ABC):
    """One provider's API."""

    stream_type: ClassVar[str] = "text/event-stream; charset=utf-8"

    @abstractmethod
    def authorized(self, asked: Asked, /) -> bool:
        """Whether a key was sent, or none is needed."""

    @abstractmethod
    def check(self, asked: Asked, /) -> None:
        """Refuse what the provider refuses and `read` would take; only a strict server asks this.

        :raises BadAsk: says so in the provider's words.
        """

    @abstractmethod
    def read(self, asked: Asked, /) -> Ask:
        """Read a request.

        :raises BadAsk: the provider itself would refuse.
        """

    @property
    def fault(self) -> tuple[int, str]:
        """The status and the message of a failure in the middle of an answer."""
        return 500, FAULT_MESSAGE

    @abstractmethod
    def encoder(self, asked: Asked, reply: Reply, /) -> Encoder:
        """The encoder that writes one reply, in the canonical style."""

    def usage(self, reply: Reply, /) -> Usage:
        """The usage that the end of a reply reports, as far as the provider tells it."""
        count = reply.count
        return Usage(
            input_tokens=reply.prompt_count,
            output_tokens=count,
            total_tokens=reply.prompt_count + count,
            reasoning_tokens=reply.reasoning_count,
            cached_tokens=0,
        )

    def call_id(self, part: Part, /) -> str | None:
        """The id of a call; None where the provider gives calls none."""
        return f"call_{part.id}"

    def seal(self, _asked: Asked, _reply: Reply, _part: Part, /) -> str | None:
        """A part of reasoning in encrypted form, where it is told."""
        return None

    def proof(self, _reply: Reply, _part: Part, /) -> str | None:
        """The signature that follows a part, where there is one."""
        return None

    def sent(self, _asked: Asked, _encoder: Encoder, /) -> None:
        """Note that a reply was written to its end."""
        return  # nothing is kept of most

    @abstractmethod
    def error(
        self,
        status: int,
        message: str,
        request_id: str,
        /,
        *,
        param: str | None = None,
        code: str | None = None,
    ) -> JsonObject:
        """The provider's error document; *param* and *code* go where it has a place for them."""

    def blocked(self, _asked: Asked, _ask: Ask, /) -> JsonObject | None:
        """The answer to a prompt that the filter refuses; None where that is an error with 400."""
        return None

    def headers(self, _request_id: str, /) -> dict[str, str]:
        """The headers that every answer has."""
        return {}


def bearer(asked: Asked) -> bool:
    """Whether a bearer token was sent."""
    kind, _, token = asked.headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and bool(token.strip())
