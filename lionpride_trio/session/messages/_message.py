"""A message: a content with an identity."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import attrs

from ._contents import Content


@attrs.frozen(kw_only=True)
class Message:
    """One message of a conversation.  Its id never changes and it is never edited."""

    content: Content
    id: str = attrs.Factory(lambda: uuid4().hex)
    created_at: datetime = attrs.Factory(lambda: datetime.now(UTC))

    @property
    def role(self) -> str:
        """``system``, ``user``, ``assistant`` or ``tool``."""
        return self.content.role

    @property
    def chat_msg(self) -> dict[str, Any]:
        """The message as ``{"role", "content", …}``, as models are asked with."""
        return self.content.chat_msg()
