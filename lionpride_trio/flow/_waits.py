"""The names of the answers that a run waits for: each has one operation that takes the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .._errors import ConfigurationError
from ._operation import Operation


class WaitNames:
    """The names in one run, those of the flows inside its operations included."""

    def __init__(self) -> None:
        self._attempts: dict[str, Mapping[str, int]] = {}

    def add(
        self,
        operations: Iterable[Operation],
        *,
        has_journal: bool,
        attempts: Mapping[str, int] | None = None,
    ) -> None:
        """Keep the names of *operations*; *attempts* are those of the operations around them, by id.

        A later attempt of an operation around them may wait for the same answers again.

        :raises ConfigurationError: an operation waits without a journal, or two wait for one answer.
        """
        now = attempts or {}
        for operation in operations:
            name = operation.waits_for
            if name is None:
                continue
            if not has_journal:
                raise ConfigurationError(
                    f"operation {operation.name!r} waits for somebody's answer, which comes through a journal:"
                    " write flow(builder, journal=streams.journal('run-7'))"
                )
            before = self._attempts.get(name)
            if before is not None and not _is_over(before, now):
                raise ConfigurationError(
                    f"two operations wait for the answer {name!r}: give each a name of its own, or let one wait"
                    " and the other depend on it"
                )
            self._attempts[name] = now


def _is_over(before: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """Whether one of the attempts *before* has been followed by another one."""
    return any(now.get(key, attempt) > attempt for key, attempt in before.items())
