"""An encoder by the name of its protocol."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final

from ..._errors import ConfigurationError
from ..._hints import closest
from ._ag_ui import AGUIEncoder
from ._completions import OpenAIEncoder
from ._encoder import Encoder
from ._events import EventsEncoder
from ._jsonl import JSONLinesEncoder
from ._text import TextEncoder
from ._ui import UIEncoder

PROTOCOLS: Final[dict[str, Callable[..., Encoder]]] = {
    "events": EventsEncoder,
    "ui": UIEncoder,
    "ag_ui": AGUIEncoder,
    "openai": OpenAIEncoder,
    "text": TextEncoder,
    "jsonl": JSONLinesEncoder,
}
"""The protocols, and the encoder of each."""


def encoder(protocol: str, **settings: Any) -> Encoder:
    """A new encoder for one stream, in the *protocol* ``events``, ``ui``, ``ag_ui``, ``openai``, ``text`` or ``jsonl``.

    *settings* are those of its class, such as ``message_id``.

    :raises ConfigurationError: there is no such protocol, or it has no such setting; says which there are.
    """
    made = PROTOCOLS.get(protocol) if isinstance(protocol, str) else None
    if made is None:
        near = closest(str(protocol), PROTOCOLS)
        raise ConfigurationError(
            f"there is no protocol {protocol!r:.100}{f' (do you mean {near!r}?)' if near else ''}:"
            f" choose from {', '.join(PROTOCOLS)}"
        )
    known = inspect.signature(made).parameters
    unknown = [name for name in settings if name not in known]
    if unknown:
        raise ConfigurationError(
            f"the protocol {protocol!r} has no setting {unknown[0]!r}: it has {', '.join(known)}"
        )
    return made(**settings)
