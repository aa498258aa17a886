"""The habits in which servers that mean the same may differ, in every wire.

The style without arguments is the canonical one: the embedded server's, and as near to the
provider's own as is known.  Each wire has a class of styles with options of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import attrs

Event: TypeAlias = tuple[str | None, Any]
"""An event's type, where its API sends one, and its data: a value for JSON, or a `str` as it is."""


@attrs.frozen(kw_only=True)
class Style:
    """How a stream is written; nothing of it changes what the stream means."""

    json: Literal["compact", "spaced", "indented"] = "compact"
    """Blanks in JSON; indented, it takes several lines, and so several data lines."""
    ascii: bool = False
    """All that is not ASCII is escaped; then a piece may end within a character's two escapes."""
    line_end: str | None = None
    """The end of each line; None is the wire's own."""
    blank: bool = True
    """A blank stands after the colon of a field."""
    byte_order_mark: bool = False
    """The stream begins with a byte order mark."""
    named: bool = True
    """Events have their types on lines of their own, where the API sends them."""
    extras: bool = True
    """Fields that tell nothing of the answer are written: fingerprints, tiers, times, nulls."""
    noise: Sequence[str | Event] = ()
    """The lines or the event before the first event, the second and so on; ``""`` is nothing."""


attrs.resolve_types(
    Style
)  # for the styles of other modules, which do not know the words of this one


def says_yes(answers: Sequence[bool], place: int) -> bool:
    """The answer for the thing at *place* of an option that each thing answers in its turn.

    The answers begin again when they are through; without any it is no.
    """
    return bool(answers) and answers[place % len(answers)]
