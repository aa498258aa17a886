"""A source of words that may fail at its end, and a stage that shouts."""

from __future__ import annotations

from lionpride_trio import source


@source
async def words(*given: str, then: Exception | None = None):
    for word in given:
        yield word
    if then is not None:
        raise then


class Shout:
    def __init__(self, mark: str = "!") -> None:
        self._mark = mark

    def feed(self, item: str) -> list[str]:
        return [item.upper()]

    def flush(self) -> list[str]:
        return [self._mark]
