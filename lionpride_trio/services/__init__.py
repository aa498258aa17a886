"""Models to call: `iModel`, its clocks, and the reply that a call gives."""

from ._imodel import ReplySource, iModel
from ._registry import ServiceRegistry
from ._reply import Reply
from ._settings import Timeouts

__all__ = ["Reply", "ReplySource", "ServiceRegistry", "Timeouts", "iModel"]

for _public in (iModel, Reply, ReplySource, ServiceRegistry, Timeouts):
    _public.__module__ = __name__
del _public
