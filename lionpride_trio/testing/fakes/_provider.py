"""A provider that is a script: exact chunks at exact times."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from ..._chunks import Chunk, FinishChunk
from ..._errors import ConfigurationError, LionprideError
from ...providers import ChunkParser, HTTPRequest, ModelCall, Provider
from ...services import iModel
from ._answers import Answer, Script, answer_to, check_answer, steps_of
from ._client import Script as Body, ScriptedClient, ScriptedResponse, Step

_LINES: Final = {"content-type": "application/x-ndjson"}
_JSON: Final = {"content-type": "application/json"}


class ScriptedProvider(Provider):
    """A provider with the replies that you write, without a network::

        provider = ScriptedProvider([TextChunk("Hel"), 2.0, TextChunk("lo"), OSError("reset")])
        async with provider.model().stream("hi") as reply:
            ...

    Its first call gets the first of *answers*, and so on; the last is repeated.  An answer is

    - a text, or a `Response`;
    - a tool call, as of `tool_call`: ``ScriptedProvider(tool_call("weather", city="Oslo"), "Take a coat.")``;
    - an exception: the call fails before anything came;
    - a list of steps: texts, parts (`ThoughtPart`, `ToolCall`, …), chunks, seconds of silence and
      exceptions.  One that has texts or parts ends well, as TOOL_USE if it has calls, unless it has a
      `FinishChunk` or an exception of its own.  One of chunks alone is a reply that was cut unless it has;
    - a plain function that is given the call, as ``calls`` has it, and gives one of the others.  What it
      raises comes out as it is: write the asserts of a test into it.

    Chunks come out as the same objects.  An exception of network code,
    such as `OSError`, is translated as a client's would be; a `LionprideError` comes as it is.

    Pauses are in trio's clock: use one that jumps.  ``calls`` has the calls.
    """

    name = "scripted"
    endpoint = "chat"
    framing = "ndjson"
    base_url = "https://scripted.invalid"
    key_required = False

    def __init__(self, *answers: Script) -> None:
        if not answers:
            raise ConfigurationError("a ScriptedProvider needs answers, such as 'Hello'")
        for answer in answers:
            check_answer(answer)
        self._answers = answers
        self._chunks: list[Chunk] = []
        self._numbers: dict[int, int] = {}
        """Of each chunk, by its `id`, the place in the list, which keeps it alive."""
        self._named = 0
        self._asked: list[dict[str, Any]] = []
        self.calls: list[Mapping[str, Any]] = []
        """For each call its ``model``, ``messages``, ``options`` and whether to ``stream``."""
        self.http_client = _Client(self)
        """Answers the calls; the client of each model of this provider that is given no other."""

    def model(self, model: str = "scripted", **settings: Any) -> iModel:
        """A model of this provider; *settings* as for `iModel`."""
        return iModel(self, model, **settings)

    def request(self, call: ModelCall) -> HTTPRequest:
        """A number for the call, which may hold what JSON cannot say: parts, tools."""
        self._asked.append({
            "model": call.model,
            "messages": [dict(message) for message in call.messages],
            "options": dict(call.options),
            "stream": call.stream,
        })
        return HTTPRequest("/chat", {"asked": len(self._asked) - 1})

    def parser(self) -> ChunkParser:
        """A machine for one stream."""
        return _Parser(self._chunks)

    def parse_body(self, value: Any) -> tuple[Sequence[Chunk], LionprideError | None]:
        """All chunks of an answer at once."""
        return [self._chunks[number] for number in value["chunks"]], None

    def answer_to(self, body: dict[str, Any]) -> Body | Exception:
        """The answer to a call, which is noted; *body* has its number, and what ``extra_body`` added."""
        number = len(self.calls)
        call = self._asked[body.pop("asked")] | body
        self.calls.append(call)
        answer = answer_to(call, self._answers[min(number, len(self._answers) - 1)])
        return self._played(answer, stream=call["stream"])

    def _played(self, answer: Answer, *, stream: bool) -> Body | Exception:
        parts = steps_of(answer, self._next_id)
        if parts and isinstance(parts[0], Exception):
            return parts[0]
        steps: list[Step] = []
        numbers: list[int] = []
        fails = any(isinstance(part, Exception) for part in parts)
        finishes = any(isinstance(part, FinishChunk) for part in parts)
        said = sum(isinstance(part, Chunk) for part in parts)
        for part in parts:
            if not isinstance(part, Chunk):
                steps.append(part)
                continue
            numbers.append(self._number_of(part))
            if stream:
                # The end mark comes with the last chunk, such as usage after the finish.
                end = finishes and not fails and len(numbers) == said
                steps.append(f"{json.dumps({'chunk': numbers[-1], 'end': end})}\n")
        if stream:
            return Body(steps, headers=_LINES)
        return Body([*steps, json.dumps({"chunks": numbers})], headers=_JSON)

    def _number_of(self, chunk: Chunk) -> int:
        number = self._numbers.setdefault(id(chunk), len(self._chunks))
        if number == len(self._chunks):
            self._chunks.append(chunk)
        return number

    def _next_id(self) -> str:
        self._named += 1
        return f"call_{self._named}"

    def __repr__(self) -> str:
        return f"<ScriptedProvider of {len(self._answers)} answers>"


class _Client(ScriptedClient):
    """Answers as its provider says."""

    def __init__(self, provider: ScriptedProvider) -> None:
        super().__init__(Body())
        self._provider = provider

    def stream(
        self, method: str, url: str, **options: Any
    ) -> AbstractAsyncContextManager[ScriptedResponse]:
        """The next answer."""
        self._answers = [self._provider.answer_to(json.loads(options["content"]))]
        return super().stream(method, url, **options)


class _Parser:
    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self.ended = False
        self.whole = False
        self.failure: LionprideError | None = None

    def feed(self, event: str, value: Any) -> list[Chunk]:
        del event  # lines have no type
        self.ended = self.whole = value["end"]
        return [self._chunks[value["chunk"]]]
