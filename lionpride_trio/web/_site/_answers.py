"""One question to several models, as one stream of facts: what a durable stream writes down.

All models' answers are one stream, since a browser opens six connections to a host and no more: seven
streams beside each other would keep the seventh, and the button that stops them, waiting.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import trio

from ..._channels._source import Source
from ..._chunks import Chunk, FinishChunk, Verdict
from ..._errors import LionprideError
from ...transformers import merge, source
from ..encoders import describe_failure
from ._facts import Fact, fact

Ask: TypeAlias = Callable[[str], Source[Chunk]]
"""A model: takes a question, gives the source of its answer."""

_logger: Final = logging.getLogger("lionpride_trio")


@source
async def answers(
    question: str, models: Mapping[str, Ask], lanes: Sequence[trio.CancelScope]
) -> AsyncIterator[Fact]:
    """First the question and the names of the models; then each fact with the number of its lane.

    Cancelling one of *lanes* stops that model's answer.  A model that fails ends its own lane only.
    """
    yield {"question": question, "models": list(models)}
    asked = zip(models.values(), lanes, strict=True)
    async with merge(*(_lane(ask, question, scope) for ask, scope in asked)) as channel:
        async for number, told in channel:
            yield {"lane": number, **told}


@source
async def _lane(ask: Ask, question: str, scope: trio.CancelScope) -> AsyncIterator[Fact]:
    """The facts of one answer, each with the seconds since it was asked for; the last has ``end``."""
    began = trio.current_time()
    verdict = Verdict.UNKNOWN

    def now(told: Mapping[str, Any]) -> Fact:
        return {"at": round(trio.current_time() - began, 4), **told}

    with scope:
        try:
            async with ask(question) as channel:
                async for chunk in channel:
                    if isinstance(chunk, FinishChunk):
                        verdict = chunk.verdict
                    elif (told := fact(chunk)) is not None:
                        yield now(told)
        except Exception as error:
            if isinstance(error, LionprideError):
                _logger.warning("a model failed: %s", error)
            else:
                _logger.exception("a model failed")
            yield now({"end": "failed", "failure": describe_failure(error).as_dict()})
        else:
            yield now({"end": verdict.value})
    if scope.cancelled_caught:
        yield now({"end": Verdict.STOPPED.value})
