"""A stage at its end gives and takes nothing more; and the names that the room gives."""

from __future__ import annotations

import pytest

from lionpride_trio import LocalProtocolError, stages
from lionpride_trio.stages import (
    JSONValues,
    LineSplitter,
    MarkdownBlockSplitter,
    ParagraphSplitter,
    PartialJSON,
    Redact,
    SentenceSplitter,
    StopAt,
    ThinkTags,
    WordSplitter,
)

HOLDING = [
    JSONValues, LineSplitter, MarkdownBlockSplitter, ParagraphSplitter, PartialJSON,
    lambda: Redact("[a-z]{5}"), SentenceSplitter, lambda: StopAt("stop"), ThinkTags, WordSplitter,
]  # fmt: skip


@pytest.mark.parametrize("make", HOLDING)
def test_after_its_end_a_stage_gives_nothing_more_and_takes_nothing_more(make):
    stage = make()
    stage.feed('{"a": 1}')
    stage.flush()
    assert list(stage.flush()) == []
    if hasattr(stage, "break_off"):
        assert list(stage.break_off()) == []
    with pytest.raises(LocalProtocolError, match="flush"):
        stage.feed("more")


def test_a_name_that_is_loaded_late_is_there_and_others_are_not():
    assert {"SentenceSplitter", "MarkdownBlockSplitter"} <= set(dir(stages))
    with pytest.raises(AttributeError, match="has no attribute 'SentenceSplitters'"):
        _ = stages.SentenceSplitters
