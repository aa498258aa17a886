"""The program around this library did something wrong, or what it writes to failed."""

from __future__ import annotations

from typing import Any

from ._base import LionprideError


class ConfigurationError(LionprideError, ValueError):
    """A setting is wrong or missing.  Raised before a byte is sent."""


class LocalProtocolError(LionprideError, RuntimeError):
    """Something of this library was used wrongly, such as a stage fed after its flush."""


class SinkError(LionprideError):
    """A sink (file, terminal, network) failed; ``sink`` names it."""

    def __init__(self, message: str = "", *, sink: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.sink = sink
