"""Bodies of each provider's stream, with the reply that they mean.

The encoders write them, which share no code with the parsers; what is drawn here are replies, the
ways in which they are told, and the styles of the wild.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from ...._errors import ConfigurationError
from ...._response import Response
from ....providers import Provider, get
from ....providers.encoders import (
    ChatEncoder,
    Encoder,
    EncodingProvider,
    GeminiEncoder,
    Head,
    MessagesEncoder,
    OllamaEncoder,
    ResponsesEncoder,
    Style,
)
from .._replies import replies_of
from ._styles import (
    CHAT_STYLES,
    GEMINI_STYLES,
    LINE_STYLES,
    MESSAGES_STYLES,
    OLLAMA_STYLES,
    RESPONSES_STYLES,
    STYLES,
)
from ._telling import tellings


@attrs.frozen
class Wire:
    """One API: what writes its streams, and in which styles."""

    encoder: Callable[[Head, Any], Encoder]
    """Makes what writes one answer, of its head and a style."""
    styles: st.SearchStrategy[Style]
    """The styles that it is written in."""

    def fresh(self, style: Style | None = None) -> Encoder:
        """An encoder for one answer, whose bytes depend on nothing else."""
        return self.encoder(_HEAD, style)


_HEAD: Final = Head(id="r1", model="m", request_id="req_1", clock=lambda: 1)

WIRES: Final[Mapping[tuple[str, str], Wire]] = {
    ("openai", "chat"): Wire(ChatEncoder, CHAT_STYLES),
    ("groq", "chat"): Wire(partial(ChatEncoder, dialect="groq"), CHAT_STYLES),
    ("openrouter", "chat"): Wire(partial(ChatEncoder, dialect="openrouter"), CHAT_STYLES),
    ("openai_compatible", "chat"): Wire(partial(ChatEncoder, dialect="compatible"), CHAT_STYLES),
    ("openai", "responses"): Wire(ResponsesEncoder, RESPONSES_STYLES),
    ("anthropic", "messages"): Wire(MessagesEncoder, MESSAGES_STYLES),
    ("gemini", "generate"): Wire(GeminiEncoder, GEMINI_STYLES),
    ("ollama", "chat"): Wire(OllamaEncoder, OLLAMA_STYLES),
}
"""The wire of each provider and endpoint."""


def wire_of(provider: str | Provider, endpoint: str | None = None) -> Wire:
    """The wire of a provider: one that the kit knows, or what a provider of your own gives.

    :raises ConfigurationError: there is none; says what to do.
    """
    found = get(provider, endpoint) if isinstance(provider, str) else provider
    wire = WIRES.get((found.name, found.endpoint))
    if wire is not None:
        return wire
    if isinstance(found, EncodingProvider):
        return Wire(
            lambda head, style: found.encoder(head, style or Style()),
            LINE_STYLES if found.framing == "ndjson" else STYLES,
        )
    known = ", ".join("/".join(key) for key in WIRES)
    raise ConfigurationError(
        f"the kit writes no bodies of {found.name}/{found.endpoint} (it knows {known}): give the"
        " provider a method encoder(head, style), or pass a strategy of (Response, bytes) pairs"
        " of your own as bodies="
    )


def replies(
    provider: str | Provider | None = None, endpoint: str | None = None
) -> st.SearchStrategy[Response]:
    """Any `Response` that *provider* can mean; that any provider can, without one.

    Text, reasoning with signatures, tool calls, refusals, citations, alternatives, usage, and every
    verdict with the provider's own word for it.  Shrinks to an empty answer that is complete.
    """
    if provider is not None:
        return replies_of(wire_of(provider, endpoint).fresh().abilities)
    return st.one_of([replies_of(wire.fresh().abilities) for wire in WIRES.values()])


def wire_bodies(
    provider: str | Provider, endpoint: str | None = None
) -> st.SearchStrategy[tuple[Response, bytes]]:
    """A reply, and a body of *provider*'s stream that means it.

    The body has what streams have in the wild: keep-alives, unknown events and fields, usage told
    twice or in running totals, every line end, a byte order mark, escapes that cut a character in
    two, JSON on several lines.  Shrinks to a short body without any of it.

    :raises ConfigurationError: the kit writes no bodies of that provider.
    """
    return _bodies(wire_of(provider, endpoint))


@st.composite
def _bodies(draw: st.DrawFn, wire: Wire) -> tuple[Response, bytes]:
    style = draw(wire.styles)
    encoder = wire.fresh(style)
    reply = draw(replies_of(encoder.abilities))
    telling = draw(tellings(reply, encoder, surrogates=style.ascii))
    body = encoder.begin(telling.first_usage)
    for chunk in telling.chunks:
        body += encoder.feed(chunk)
    return reply, body + encoder.end()


__all__ = ["WIRES", "Wire", "replies", "wire_bodies", "wire_of"]
