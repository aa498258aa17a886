"""Bodies of each provider's stream, with the reply that they mean.

A writer for each API, made from the same facts as the parsers and from none of their code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import attrs
from hypothesis import strategies as st

from ...._errors import ConfigurationError
from ...._response import Response
from ....providers import Provider, get
from .._replies import Abilities, replies_of
from . import _anthropic, _chat, _gemini, _ollama, _responses
from ._writing import Hand


@attrs.frozen
class Wire:
    """One API: what its replies can be, and how they are written."""

    abilities: Abilities
    write: Callable[[Hand, Response], bytes]
    lines: bool = False
    """Each event is a line, so its JSON must be on one."""
    end_mark: bool = True
    """The last event says that it is the last."""


def _chat_wire(name: str, abilities: Abilities) -> Wire:
    return Wire(abilities, lambda hand, reply: _chat.chat_body(hand, name, reply))


WIRES: Final[Mapping[tuple[str, str], Wire]] = {
    **{(name, "chat"): _chat_wire(name, able) for name, able in _chat.ABILITIES.items()},
    ("openai", "responses"): Wire(_responses.ABILITIES, _responses.responses_body),
    ("anthropic", "messages"): Wire(_anthropic.ABILITIES, _anthropic.messages_body),
    ("gemini", "generate"): Wire(_gemini.ABILITIES, _gemini.gemini_body, end_mark=False),
    ("ollama", "chat"): Wire(_ollama.ABILITIES, _ollama.ollama_body, lines=True),
}
"""The wire of each provider and endpoint."""


def wire_of(provider: str | Provider, endpoint: str | None = None) -> Wire:
    """The wire of a provider.

    :raises ConfigurationError: the kit knows none; says what to pass instead.
    """
    found = get(provider, endpoint) if isinstance(provider, str) else provider
    wire = WIRES.get((found.name, found.endpoint))
    if wire is None:
        known = ", ".join("/".join(key) for key in WIRES)
        raise ConfigurationError(
            f"the kit writes no bodies of {found.name}/{found.endpoint} (it knows {known}): pass a"
            " strategy of (Response, bytes) pairs of your own as bodies="
        )
    return wire


def replies(
    provider: str | Provider | None = None, endpoint: str | None = None
) -> st.SearchStrategy[Response]:
    """Any `Response` that *provider* can mean; that any provider can, without one.

    Text, reasoning with signatures, tool calls, refusals, citations, alternatives, usage, and every
    verdict with the provider's own word for it.  Shrinks to an empty answer that is complete.
    """
    if provider is not None:
        return replies_of(wire_of(provider, endpoint).abilities)
    return st.one_of([replies_of(wire.abilities) for wire in WIRES.values()])


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
    reply = draw(replies_of(wire.abilities))
    how = draw(
        st.sampled_from(["plain", "ascii"] if wire.lines else ["plain", "ascii", "indented"])
    )
    hand = Hand(draw, ascii=how == "ascii", indented=how == "indented")
    return reply, wire.write(hand, reply)


__all__ = ["WIRES", "Wire", "replies", "wire_bodies", "wire_of"]
