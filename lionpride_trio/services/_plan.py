"""The plan of a turn: whom to ask what, with which tools, and when it has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypedDict

import attrs

from .._chunks import Verdict
from .._observer import Listeners
from .._parts import ToolCall
from .._response import Response
from ._invoked import ReplySource
from ._tool_calls import ToolRules
from ._typed import TypedCall

Start: TypeAlias = Literal["early", "end"]


class Where(TypedDict):
    """The provider and the model that an error names."""

    provider: str | None
    model: str


class AsksModel(Protocol):
    """A model, or several as one."""

    streaming: bool

    def stream(self, messages: Any, **options: Any) -> ReplySource:
        """A source of one answer's chunks."""
        ...

    async def complete(self, messages: Any, **options: Any) -> Response:
        """One whole answer."""
        ...

    def _where(self) -> Where:
        """The provider and the model, as errors name them."""
        ...

    def _listeners(self) -> Sequence[Listeners]:
        """Who is told of its calls."""
        ...


@attrs.frozen(kw_only=True)
class Plan:
    """The plan of a turn."""

    model: AsksModel
    first: ReplySource
    """The first call, written already: a mistake in it was raised where the turn was made."""
    asked: Sequence[Any]
    options: Mapping[str, Any]
    later_options: Mapping[str, Any]
    """Those of the calls after the first, which must not be forced to call a tool again."""
    max_turns: int
    start: Start
    rules: ToolRules
    goes_on: frozenset[Verdict] = frozenset({Verdict.TOOL_USE, Verdict.PAUSED})
    """The verdicts after which the model is asked again; empty for a turn of one call."""
    observers: Listeners = ()
    """Who is told of the turn besides those who are told of the model's calls."""
    typed: TypedCall | None = None
    """How the last answer is read where it is to have a type."""

    @property
    def output(self) -> Any:
        """The type that the answer is to have; None where it may be any text."""
        return None if self.typed is None else self.typed.answer.hint

    @property
    def runs_tools(self) -> bool:
        """Whether calls are run here; elsewhere they are for who asked."""
        return Verdict.TOOL_USE in self.goes_on

    @property
    def listeners(self) -> Sequence[Listeners]:
        """Who is told of the turn."""
        return (self.observers, *self.model._listeners())  # ruff: ignore[private-member-access] - of one house

    def is_answer(self, call: ToolCall) -> bool:
        """Whether *call* is the typed answer, and no call of a tool."""
        return self.typed is not None and call.name == self.typed.answer.name
