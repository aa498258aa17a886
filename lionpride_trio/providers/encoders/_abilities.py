"""The parts and endings that the answers of one API can have, and its words for how they end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from ..._chunks import FinishChunk, Verdict


@attrs.frozen(kw_only=True)
class Abilities:
    """The parts and endings that the answers of one API can have."""

    endings: Mapping[Verdict, Sequence[str]]
    """The API's own words for each way to end, the usual one first.

    Under ``UNKNOWN`` stands a word that no table knows: tests end answers with it.  An API without a
    word for ``TOOL_USE`` has no tool calls.
    """
    reasoning: Literal["none", "one", "blocks"] = "none"
    """Whether there is reasoning, and whether it comes in blocks."""
    signed: bool = False
    """Reasoning has signatures."""
    sealed: bool = False
    """Reasoning may be there in encrypted form only, or beside its summary."""
    refusals: bool = False
    """A refusal has a text of its own."""
    citations: bool = False
    """Citations have a place."""
    media: Sequence[Literal["image", "audio", "file"]] = ()
    """The kinds of media that a model may give."""
    alternatives: bool = False
    """A stream may hold several answers."""
    call_ids: bool = True
    """Tool calls always have ids."""
    counts: Sequence[str] = ("input_tokens", "output_tokens")
    """Fields of `Usage` that each report has; none where usage is not reported."""
    more_counts: Sequence[str] = ()
    """Fields that a report may have."""
    usage_always: bool = False
    """Each answer reports its usage."""

    def word_for(self, finish: FinishChunk) -> str:
        """The API's own word for how an answer ended.

        That is the reason of *finish* where it is a word of this API, or where nobody knows what it
        means; otherwise the usual word for its verdict.  What an API cannot say ends as usual, but a
        filter's verdict as a refusal, where there is a word for that.
        """
        words = self.endings.get(finish.verdict, ())
        strange = finish.verdict is Verdict.UNKNOWN
        if finish.reason and (strange or finish.reason in words):
            return finish.reason
        usual = self.endings[Verdict.COMPLETE]
        if finish.verdict is Verdict.BLOCKED:
            usual = self.endings.get(Verdict.REFUSED, usual)
        return usual[0] if strange or not words else words[0]
