"""A model's call of a tool failed before the tool, or on the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._base import LionprideError


class ToolError(LionprideError):
    """A call of a tool failed on the way to the tool or back, not in its own code; ``tool`` is its name.

    Raised as it is where a result cannot be told to a model, and where the server of a tool reports a
    failure.  The text is fit to be told to the model.
    """

    def __init__(self, message: str = "", *, tool: str, **where: Any) -> None:
        super().__init__(message, **where)
        self.tool = tool


class ToolArgumentsInvalid(ToolError):
    """The arguments that a model wrote do not fit the tool, which was not called.

    ``places`` are pairs of a path such as ``steps[1].minutes``, empty for the whole, and what is
    wrong there.
    """

    def __init__(
        self, message: str = "", *, tool: str, places: Sequence[tuple[str, str]] = (), **where: Any
    ) -> None:
        super().__init__(message, tool=tool, **where)
        self.places = tuple(places)


class UnknownTool(ToolError):
    """A model called a tool that it was not given."""
