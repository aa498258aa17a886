"""The answers of a `ScriptedProvider`, and the steps that each is played in."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from ..._chunks import Chunk, FinishChunk, ReasoningChunk, TextChunk, ToolCallChunk, Verdict
from ..._errors import ConfigurationError
from ..._parts import RawPart, TextPart, ThoughtPart, ToolCall
from ..._response import Response, chunks_of

AnswerPart: TypeAlias = TextPart | ThoughtPart | ToolCall | RawPart
Step: TypeAlias = Chunk | AnswerPart | str | float | Exception
"""A step of a reply: a chunk, a part, a text, so many seconds of silence, or a failure."""
Answer: TypeAlias = str | ToolCall | Response | Exception | Sequence[Step]
Asked: TypeAlias = Mapping[str, Any]
"""A call: its ``model``, ``messages``, ``options``, and whether to ``stream``."""
Script: TypeAlias = Answer | Callable[[Asked], Answer]

_INSTEAD: Final = "chunks, parts, texts, seconds and exceptions"


def tool_call(name: str, /, **arguments: Any) -> ToolCall:
    """A call of the tool *name*, for an answer of a `ScriptedProvider`::

        ScriptedProvider(tool_call("weather", city="Oslo"), "You need a coat.")

    It has no id: the provider gives it one when it plays the answer, ``call_1``, ``call_2``, …, so that
    no two calls of a conversation have the same.  A `ToolCall` of your own keeps its id.

    :raises TypeError: an argument is nothing that JSON can say.
    """
    return ToolCall("", name, json.dumps(arguments, ensure_ascii=False))


def check_answer(answer: object) -> None:
    """Refuse what is no answer, and no function that could give one.

    :raises ConfigurationError: says what to write.
    """
    if isinstance(answer, str | ToolCall | Response | Exception) or callable(answer):
        return
    if not isinstance(answer, Sequence) or isinstance(answer, bytes | bytearray):
        raise ConfigurationError(
            "an answer is a str, a ToolCall, a Response, an exception, a list of"
            f" {_INSTEAD}, or a function of the call that gives one of these, not {answer!r:.200}"
        )
    given: Sequence[object] = answer
    for step in given:
        if isinstance(step, bool) or not isinstance(
            step, Chunk | AnswerPart | str | Exception | int | float
        ):
            raise ConfigurationError(f"a scripted reply is made of {_INSTEAD}, not {step!r:.200}")


def answer_to(asked: Asked, script: Script) -> Answer:
    """The answer that *script* has for a call.

    :raises ConfigurationError: it is a function that gave no answer.
    """
    if not callable(script):
        return script
    answer = script(asked)
    given: object = answer
    if inspect.iscoroutine(given):
        given.close()  # one that nobody awaits warns
    if inspect.isawaitable(given) or callable(given):
        raise ConfigurationError(
            "a function that answers is a plain one and gives an answer, such as 'Hello', not"
            f" {given!r:.200}"
        )
    check_answer(given)
    return answer


def steps_of(answer: Answer, next_id: Callable[[], str]) -> list[Chunk | float | Exception]:
    """The chunks, silences and failures of *answer*; calls without an id get the next one."""
    if isinstance(answer, Exception):
        return [answer]
    if isinstance(answer, Response):
        return [*chunks_of(_as_told(answer, next_id))]
    given: list[Step] = [answer] if isinstance(answer, str | ToolCall) else list(answer)
    blocks = max([-1, *(step.block for step in given if isinstance(step, ReasoningChunk))])
    slots = max([-1, *(step.slot for step in given if isinstance(step, ToolCallChunk))])
    steps: list[Chunk | float | Exception] = []
    for step in given:
        if isinstance(step, str):
            steps.append(TextChunk(step))
        elif isinstance(step, AnswerPart):
            blocks += isinstance(step, ThoughtPart)
            slots += isinstance(step, ToolCall)
            steps += _chunks_of_part(step, blocks, slots, next_id)
        else:
            steps.append(step)
    if _ends_itself(given):
        return steps
    calls = any(isinstance(step, ToolCall) for step in given)
    return [*steps, FinishChunk(verdict=Verdict.TOOL_USE if calls else Verdict.COMPLETE)]


def _ends_itself(given: Sequence[Step]) -> bool:
    """Whether a list says how it ends: by an exception, a finish, or by holding chunks alone."""
    return any(isinstance(step, Exception | FinishChunk) for step in given) or not any(
        isinstance(step, str | AnswerPart) for step in given
    )


def _chunks_of_part(
    part: AnswerPart, block: int, slot: int, next_id: Callable[[], str]
) -> list[Chunk]:
    cited = part.citations if isinstance(part, TextPart) else ()
    said = Response(parts=(part,), citations=cited, verdict=Verdict.TOOL_USE)
    chunks: list[Chunk] = []
    for chunk in chunks_of(_as_told(said, next_id))[:-1]:  # without the finish
        match chunk:
            case ReasoningChunk():
                chunks.append(attrs.evolve(chunk, block=block))
            case ToolCallChunk():
                chunks.append(attrs.evolve(chunk, slot=slot))
            case _:
                chunks.append(chunk)
    return chunks


def _as_told(response: Response, next_id: Callable[[], str]) -> Response:
    """*response* with an id for each call; calls make it TOOL_USE where nothing else is said."""
    parts = tuple(
        attrs.evolve(part, id=next_id()) if isinstance(part, ToolCall) and not part.id else part
        for part in response.parts
    )
    verdict = response.verdict
    if verdict is Verdict.UNKNOWN and any(isinstance(part, ToolCall) for part in parts):
        verdict = Verdict.TOOL_USE
    return attrs.evolve(response, parts=parts, verdict=verdict)
