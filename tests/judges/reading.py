"""An answer as a reader gave it."""

import attrs


@attrs.define
class Reading:
    """An answer as a reader gave it."""

    text: str = ""
    calls: list = attrs.field(factory=list)
    """(id, name, arguments as text)."""
    reason: str | None = None
    error: Exception | None = None
    verdict: str | None = None
    cached: int | None = None
    thoughts: list = attrs.field(factory=list)
    """(text, signature)."""
    failed: str | None = None
    """The event that told of a failure, for a reader that hands such events to its user."""
    helper_error: Exception | None = None
    """The exception of the SDK's helper, where this is the reading of its plain events."""
