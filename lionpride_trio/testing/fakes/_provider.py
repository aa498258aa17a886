"""A provider that is a script: exact chunks at exact times."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TypeAlias

from ..._chunks import Chunk, FinishChunk, Verdict
from ..._errors import ConfigurationError, LionprideError
from ..._response import Response, chunks_of
from ...providers import ChunkParser, HTTPRequest, ModelCall, Provider
from ...services import iModel
from ._client import Script, ScriptedClient, ScriptedResponse, Step

Part: TypeAlias = Chunk | float | Exception
"""A step of a reply: a chunk, so many seconds of silence, or a failure."""
Answer: TypeAlias = str | Response | Exception | Sequence[Part]

_LINES: Final = {"content-type": "application/x-ndjson"}
_JSON: Final = {"content-type": "application/json"}


class ScriptedProvider(Provider):
    """A provider with the replies that you write, without a network::

        provider = ScriptedProvider([TextChunk("Hel"), 2.0, TextChunk("lo"), OSError("reset")])
        async with provider.model().stream("hi") as reply:
            ...

    Its first call gets the first of *answers*, and so on; the last is repeated.  An answer is a
    text, a `Response`, an exception (the call fails before anything came), or a list of chunks,
    seconds of silence and exceptions.  A list without a `FinishChunk` and without an exception is a
    reply that was cut.  The chunks come out as the same objects.  An exception of network code,
    such as `OSError`, is translated as a client's would be; a `LionprideError` comes as it is.

    Pauses are in trio's clock: use one that jumps.  ``calls`` has the calls.
    """

    name = "scripted"
    endpoint = "chat"
    framing = "ndjson"
    base_url = "https://scripted.invalid"
    key_required = False

    def __init__(self, *answers: Answer) -> None:
        if not answers:
            raise ConfigurationError("a ScriptedProvider needs answers, such as 'Hello'")
        self._chunks: list[Chunk] = []
        self._answers = [self._parts(answer) for answer in answers]
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

    def _parts(self, answer: Answer) -> list[Any]:
        """An answer as steps, with the numbers of its chunks in their place."""
        if isinstance(answer, Exception):
            return [answer]
        if isinstance(answer, str):
            answer = Response(text=answer, verdict=Verdict.COMPLETE, finish_reason="stop")
        parts = chunks_of(answer) if isinstance(answer, Response) else answer
        made: list[Any] = []
        for part in parts:
            if isinstance(part, Chunk):
                made.append({"chunk": len(self._chunks), "last": isinstance(part, FinishChunk)})
                self._chunks.append(part)
            elif isinstance(part, Exception | int | float):
                made.append(part)
            else:
                raise ConfigurationError(
                    f"a scripted reply is made of chunks, seconds and exceptions, not {part!r}"
                )
        return made

    def answer_to(self, body: dict[str, Any]) -> Script | Exception:
        """The answer to a call, which is noted; *body* has its number, and what ``extra_body`` added."""
        number = len(self.calls)
        call = self._asked[body.pop("asked")] | body
        self.calls.append(call)
        return self._answered(number, stream=call["stream"])

    def _answered(self, number: int, *, stream: bool) -> Script | Exception:
        parts = self._answers[min(number, len(self._answers) - 1)]
        if parts and isinstance(parts[0], Exception):
            return parts[0]
        steps: list[Step] = []
        chunks: list[int] = []
        fails = any(isinstance(part, Exception) for part in parts)
        spoken = [place for place, part in enumerate(parts) if isinstance(part, dict)]
        finishes = any(parts[place]["last"] for place in spoken)
        for place, part in enumerate(parts):
            if not isinstance(part, dict):
                steps.append(part)
                continue
            chunks.append(part["chunk"])
            if stream:
                # The end mark comes with the last chunk, such as usage after the finish.
                end = finishes and not fails and place == spoken[-1]
                steps.append(f"{json.dumps({'chunk': part['chunk'], 'end': end})}\n")
        if stream:
            return Script(steps, headers=_LINES)
        return Script([*steps, json.dumps({"chunks": chunks})], headers=_JSON)

    def __repr__(self) -> str:
        return f"<ScriptedProvider of {len(self._answers)} answers>"


class _Client(ScriptedClient):
    """Answers as its provider says."""

    def __init__(self, provider: ScriptedProvider) -> None:
        super().__init__(Script())
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
