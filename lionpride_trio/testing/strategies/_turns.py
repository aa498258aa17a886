"""Whole conversations as scripts: what a model says, turn after turn, to whom its tools are given."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from hypothesis import strategies as st

from ..._chunks import (
    Chunk,
    FinishChunk,
    ReasoningChunk,
    TextChunk,
    ToolCallChunk,
    Usage,
    UsageChunk,
    Verdict,
)
from ...tools import Tool, Toolbox
from ._prose import prose
from ._schemas import json_of

_TEXT: Final = prose(min_size=1, max_size=4).filter(str.strip)
_USAGE: Final = st.builds(Usage, st.integers(0, 99), st.integers(0, 99))
_SECONDS: Final = st.sampled_from([0.0, 0.0, 0.5, 2.0])
_NO_ARGUMENTS: Final = ("{", "[]", '{"no such argument": 1}')
_NO_TOOL: Final = "no_such_tool"


def scripted_turns(
    tools: Iterable[Tool[..., Any]], *, min_turns: int = 1, max_turns: int = 3
) -> st.SearchStrategy[list[Sequence[Chunk | float]]]:
    """The turns of a model, as answers for a `ScriptedProvider`::

        @given(scripted_turns([weather]))
        def test_my_agent(answers):
            model = ScriptedProvider(*answers).model()

    Each answer but the last calls *tools*, once or several times, with arguments of their schemas or
    wrong ones, or a tool that is not there, or is paused; the last is a text.  There are thoughts with
    signatures, texts, usage, calls in pieces, and silence between them.  Call ids differ.  Shrinks to
    one short answer.
    """
    box = Toolbox(tools)
    calls: list[st.SearchStrategy[tuple[str, str]]] = [
        st.tuples(st.just(tool.name), json_of(tool.schema).map(json.dumps)) for tool in box
    ]
    if calls:
        names = st.sampled_from([tool.name for tool in box])
        calls += [
            st.tuples(names, st.sampled_from(_NO_ARGUMENTS)),
            st.tuples(st.just(_NO_TOOL), st.just("{}")),
        ]
    return _turns(calls, st.integers(min_turns, max_turns))


@st.composite
def _turns(
    draw: st.DrawFn, calls: list[st.SearchStrategy[tuple[str, str]]], turns: st.SearchStrategy[int]
) -> list[Sequence[Chunk | float]]:
    told: list[Sequence[Chunk | float]] = []
    for turn in range(draw(turns) - 1):
        steps = draw(_openings())
        often = draw(st.integers(0, 4)) > 0
        verdict = Verdict.TOOL_USE if calls and often else Verdict.PAUSED
        if verdict is Verdict.TOOL_USE:
            for slot in range(draw(st.integers(1, 3))):
                name, arguments = draw(st.one_of(calls))
                steps += draw(_calls(f"c{turn}_{slot}", slot, name, arguments))
        else:
            steps.append(TextChunk(draw(_TEXT)))
        told.append([*steps, *draw(_ends(verdict))])
    last = [*draw(_openings()), TextChunk(draw(_TEXT)), *draw(_ends(Verdict.COMPLETE))]
    return [*told, last]


@st.composite
def _openings(draw: st.DrawFn) -> list[Chunk | float]:
    steps: list[Chunk | float] = []
    if draw(st.booleans()):
        steps.append(ReasoningChunk(text=draw(_TEXT), signature="c2ln"))
    if draw(st.booleans()):
        steps += [TextChunk(draw(_TEXT)), draw(_SECONDS)]
    return steps


@st.composite
def _calls(
    draw: st.DrawFn, call_id: str, slot: int, name: str, arguments: str
) -> list[Chunk | float]:
    """The chunks of one call, in one piece or two."""
    cut = draw(st.integers(0, len(arguments)))
    if not cut:
        whole = ToolCallChunk(slot=slot, id=call_id, name=name, arguments=arguments, last=True)
        return [whole, draw(_SECONDS)]
    first = ToolCallChunk(slot=slot, id=call_id, name=name, arguments=arguments[:cut])
    rest = ToolCallChunk(slot=slot, arguments=arguments[cut:], last=True)
    return [first, draw(_SECONDS), rest]


@st.composite
def _ends(draw: st.DrawFn, verdict: Verdict) -> list[Chunk | float]:
    usage = [UsageChunk(usage=draw(_USAGE))] if draw(st.booleans()) else []
    return [FinishChunk(verdict=verdict), *usage]
