"""Operations on a session: one turn of a conversation."""

from ._communicate import communicate

__all__ = ["communicate"]

communicate.__module__ = __name__
