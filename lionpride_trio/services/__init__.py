"""Models to call: `iModel`, its settings, and the reply or the conversation that a call gives."""

from .._public import show_public_path
from .._retry import Retry
from ._address import PlainHTTPWarning
from ._converse import TurnSource
from ._fallback import Fallback, fallback
from ._imodel import iModel
from ._invoked import ReplySource
from ._registry import ServiceRegistry
from ._reply import Reply
from ._settings import Bounds, Timeouts
from ._turn import Turn

__all__ = [
    "Bounds",
    "Fallback",
    "PlainHTTPWarning",
    "Reply",
    "ReplySource",
    "Retry",
    "ServiceRegistry",
    "Timeouts",
    "Turn",
    "TurnSource",
    "fallback",
    "iModel",
]

show_public_path(globals())
