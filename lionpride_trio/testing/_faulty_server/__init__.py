"""`FaultyServer`, and the scripts that it follows.

Layout: ``_script`` (answers and their faults), ``_connection`` (one connection, read and written), ``_server``.
"""

from ._script import Answer, Asked, HangUp
from ._server import FaultyServer

__all__ = ["Answer", "Asked", "FaultyServer", "HangUp"]
