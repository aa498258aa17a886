"""What a reader of an answer gave."""

import attrs


@attrs.define
class Reading:
    """What a reader gave."""

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
    """What the SDK's helper raised, where this is the reading of its plain events."""
