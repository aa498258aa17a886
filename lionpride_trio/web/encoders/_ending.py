"""How a stream ended, as far as its chunks and its source have told."""

from __future__ import annotations

from typing import Any

import attrs

from ..._chunks import Chunk, FinishChunk, Usage, UsageChunk, Verdict
from ..._response import Response


class Ending:
    """The verdict and the tokens of the chunks that it was shown."""

    def __init__(self) -> None:
        self._finish: FinishChunk | None = None
        self._usage: dict[int, Usage] = {}  # by turn: reports are running totals of one

    def see(self, chunk: Chunk) -> None:
        """Note what *chunk* says of the end."""
        if isinstance(chunk, UsageChunk):
            told = self._usage.get(chunk.turn)
            self._usage[chunk.turn] = told.updated(chunk.usage) if told else chunk.usage
        elif isinstance(chunk, FinishChunk) and not chunk.index:
            self._finish = chunk

    def verdict(self, response: Response | None) -> Verdict | None:
        """How it ended; None for a stream of no model."""
        if response is not None and response.verdict is not Verdict.UNKNOWN:
            return response.verdict
        if self._finish is not None:
            return self._finish.verdict
        return None if response is None else response.verdict

    def reason(self, response: Response | None) -> str | None:
        """The provider's own word for it."""
        if response is not None and response.finish_reason is not None:
            return response.finish_reason
        return None if self._finish is None else self._finish.reason

    def usage(self, response: Response | None) -> Usage | None:
        """The tokens of all turns; None where nobody told."""
        if response is not None and response.usage is not None:
            return response.usage
        total: Usage | None = None
        for usage in self._usage.values():
            total = usage if total is None else total + usage
        return total


def counts(usage: Usage) -> dict[str, Any]:
    """The counts that *usage* tells, under their names."""
    return attrs.asdict(usage, filter=lambda _, value: value is not None)
