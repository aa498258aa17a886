"""Operations of a flow failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from .._portable import is_portable
from ._base import LionprideError


class OperationError(LionprideError):
    """An operation of a flow failed; ``operation`` is it, ``__cause__`` what happened.

    Pickled, the operation is its name and its id.
    """

    def __init__(self, message: str = "", *, operation: Any = None, **where: Any) -> None:
        super().__init__(message, **where)
        self.operation = operation

    def _picklable(self) -> dict[str, Any]:
        # The function and the edges of an operation often cannot be pickled.
        outline = getattr(self.operation, "outline", None)
        return super()._picklable() | ({} if outline is None else {"operation": outline()})


class RunStopped(LionprideError):
    """A flow or a batch with a journal was stopped from outside; the journal has what was done."""


class FlowError(LionprideError, ExceptionGroup[Exception]):
    """Operations of a flow failed and the rest went on; ``results`` has what was completed.

    Pickled, it leaves the results out that cannot be.
    """

    results: Mapping[Any, Any]

    def __new__(
        cls,
        message: str,
        errors: Sequence[Exception],
        *,
        results: Mapping[Any, Any] | None = None,  # ruff: ignore[unused-static-method-argument] - __init__ takes it
    ) -> Self:
        return ExceptionGroup.__new__(cls, message, errors)

    def __init__(
        self,
        message: str,
        errors: Sequence[Exception],
        *,
        results: Mapping[Any, Any] | None = None,
    ) -> None:
        # Not LionprideError's: the `message` of a group is its own, and cannot be set.
        ExceptionGroup.__init__(self, message, errors)
        self.provider = self.model = self.request_id = None
        self.retry_after = self.partial = None
        self.results = {} if results is None else results

    def _picklable(self) -> dict[str, Any]:
        kept = {key: value for key, value in self.results.items() if is_portable((key, value))}
        results: Any = type(self.results)
        return super()._picklable() | {"results": results(kept)}

    def derive(self, excs: Sequence[Exception]) -> FlowError:  # type: ignore[override]
        """A group of some of the errors, as ``except*`` and ``split`` make it."""
        return FlowError(self.message, excs, results=self.results)
