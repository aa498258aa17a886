"""The embedded server as a provider: it speaks chat completions, and needs no key."""

from __future__ import annotations

from ._openai_compatible import OpenAICompatible


class Local(OpenAICompatible):
    """The embedded server, which is started for as long as a call or a session needs it."""

    name = "local"
    host = "lionpride_trio.local"
    default_model = "trigram-1"
    extends_messages = False
