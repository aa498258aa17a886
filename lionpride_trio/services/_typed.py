"""Calls whose answer has a type: the schema is sent, the answer read, and a wrong one asked for again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import attrs

from .. import stages
from .._checks import check_size
from .._chunks import ToolCallChunk, Usage, Verdict
from .._errors import ConfigurationError, OutputInvalid
from .._response import Response, chunks_of, usage_of
from .._safe_text import shorten
from ..providers import Provider

Asking: TypeAlias = Callable[[Sequence[Mapping[str, Any]]], Awaitable[Response]]

_LONGEST_COMPLAINT: Final = 2000
_MENDABLE: Final = frozenset([Verdict.COMPLETE, Verdict.TOOL_USE, Verdict.UNKNOWN])
"""How an answer ends that is wrong of itself; what was cut or refused is so again."""


@attrs.frozen
class TypedCall:
    """A call whose answer has a type."""

    answer: stages.AnswerType[Any]
    repair: int = 0
    """How often a wrong answer is asked for again."""

    def options(
        self, provider: Provider, options: Mapping[str, Any], own: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """*options*, with what asks *provider* for the answer.

        A ``response_format`` among *own*, the options of the call itself, stays as it is.

        :raises ConfigurationError: it cannot be asked for with these options.
        """
        if own.get("response_format") is not None:
            return options
        answer = self.answer
        return {**options, **provider.answer_options(answer.name, answer.schema, options)}

    async def complete(
        self,
        ask: Asking,
        messages: Sequence[Mapping[str, Any]],
        options: Mapping[str, Any],
    ) -> Response:
        """The response to *messages*, with its ``output`` and the usage of all that were *asked* for it.

        :raises OutputInvalid: the last answer is wrong, too.
        """
        may_call = bool(options.get("tools")) and options.get("tool_choice") in {None, "auto"}
        usage: Usage | None = None
        left = self.repair
        while True:
            response = await ask(messages)
            usage = usage_of([Response(usage=usage), response])
            response = attrs.evolve(response, usage=usage)
            try:
                return attrs.evolve(response, output=self.read(response, may_call=may_call))
            except OutputInvalid as error:
                if may_call and response.verdict is Verdict.TOOL_USE:
                    return response  # its calls come first, and then an answer
                error.partial = response
                if not left or response.verdict not in _MENDABLE:
                    raise
                left -= 1
                messages = [*messages, *_complaint(error)]

    def read(self, response: Response, *, may_call: bool) -> Any:
        """The answer in the text of *response*, or in the arguments of its calls.

        Where the model *may call* other tools, only the call counts that is the answer's own.

        :raises OutputInvalid: there is none.
        """
        machine = stages.TypedOutput(self.answer)
        partials: list[stages.Partial[Any]] = []
        for chunk in chunks_of(response):
            if isinstance(chunk, ToolCallChunk) and may_call and chunk.name != self.answer.name:
                continue
            partials += machine.feed(chunk)
        partials += machine.flush()
        return partials[-1].output


def typed_call(output: Any, repair: int = 0) -> TypedCall | None:
    """A call whose answer has the type *output*; None where it is None.

    :raises ConfigurationError: no JSON can have that type, or msgspec is not installed.
    """
    check_size("repair", repair, least=0)
    if output is not None:
        return TypedCall(stages.AnswerType(output), repair)
    if repair:
        raise ConfigurationError("repair= asks again for a wrong output: give output=, too")
    return None


def _complaint(error: OutputInvalid) -> list[Mapping[str, Any]]:
    told = shorten(error.message, _LONGEST_COMPLAINT)
    complaint = (
        f"That answer does not have the form that was asked for: {told}\n"
        "Give the whole answer again, mended, as JSON and nothing else."
    )
    said = [{"role": "assistant", "content": error.text}] if error.text.strip() else []
    return [*said, {"role": "user", "content": complaint}]
