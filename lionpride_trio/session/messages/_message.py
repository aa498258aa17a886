"""A message: a content with an identity."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, get_args
from uuid import uuid4

import attrs
from attrs.validators import instance_of

from ..._json_form import has_json_form, to_json
from ._contents import Content


def _check_content(_: Message, __: Any, content: Content) -> None:
    if type(content) not in get_args(Content):
        kinds = ", ".join(kind.__name__ for kind in get_args(Content))
        raise TypeError(f"the content of a message is one of {kinds}, not {content!r:.100}")


@has_json_form
@attrs.frozen(kw_only=True)
class Message:
    """One message of a conversation.  Its id never changes and it is never edited."""

    content: Content = attrs.field(validator=_check_content)
    """The content."""
    id: str = attrs.field(factory=lambda: uuid4().hex, validator=instance_of(str))
    """Unique everywhere."""
    created_at: datetime = attrs.field(
        factory=lambda: datetime.now(UTC), validator=instance_of(datetime)
    )
    """The time of its making, in UTC."""

    @property
    def role(self) -> str:
        """``system``, ``user``, ``assistant`` or ``tool``."""
        return self.content.role

    @property
    def chat_msg(self) -> dict[str, Any]:
        """The message as ``{"role", "content", …}``, the form for models."""
        return self.content.chat_msg()

    def to_json(self) -> str:
        """The message as one line of JSON, of which `from_json` makes it again."""
        return to_json(self)
