"""Read by the type checkers, never run: what type an answer of a type has."""

from __future__ import annotations

from typing import Any, Literal, TypedDict, assert_type

import attrs

from lionpride_trio import Response, Source, fallback, iModel
from lionpride_trio.stages import Partial, TypedElements, TypedOutput
from lionpride_trio.transformers import elements, map_concurrent, prefetch, typed


@attrs.frozen
class Step:
    text: str


class Cat(TypedDict):
    name: str


async def answers(model: iModel) -> None:
    response = await model.complete("hi", output=Step)
    assert_type(response, Response[Step])
    assert_type(response.output, Step)
    assert_type((await model.complete("hi", output=list[Step], repair=2)).output, list[Step])
    assert_type((await model.complete("hi", output=Cat)).output, Cat)
    # A union and a choice are no types for all checkers.
    choice: Response[Literal["yes", "no"]] = await model.complete("hi", output=Literal["yes", "no"])
    assert_type(choice.output, Literal["yes", "no"])
    plain: Response = await model.complete("hi")
    assert_type(plain.output, Any)
    both = fallback([model, model])
    assert_type((await both.complete("hi", output=Step)).output, Step)


async def streams(model: iModel) -> None:
    partials = model.stream("hi", output=Step) | typed(Step)
    assert_type(partials, Source[Partial[Step]])
    async with partials as channel:
        async for partial in channel:
            assert_type(partial.output, Step | None)
            assert_type(partial.value, Any)
    steps = model.stream("hi") | elements(Step, at="steps") | prefetch(2)
    assert_type(steps, Source[Step])
    assert_type(steps | map_concurrent(work, 2), Source[int])
    assert_type(TypedOutput(Step), TypedOutput[Step])
    assert_type(TypedElements(Step), TypedElements[Step])


async def work(step: Step) -> int:
    return len(step.text)
