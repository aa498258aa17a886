"""The laws of parts: what a provider said goes back to it as it came."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, TypeAlias

import attrs
import hypothesis
from hypothesis import strategies as st

from ..._assistant import AssistantResponseContent
from ..._json_form import from_json
from ..._parts import RawPart, TextPart, ThoughtPart, ToolCall, ToolResult
from ..._response import Response, reassemble
from ...providers import ModelCall, Provider, StreamDecoder, get
from ...services._messages import plain_messages
from ..strategies.wires import wire_bodies
from ._broken import LawBroken, for_all, shown

Body: TypeAlias = Mapping[str, Any]

_QUESTION: Final = {"role": "user", "content": "a question"}
_NEXT: Final = {"role": "user", "content": "the next question"}


def check_parts_go_back(
    provider: str | Provider,
    endpoint: str | None = None,
    *,
    bodies: st.SearchStrategy[bytes] | Iterable[bytes] | None = None,
    blocks: Callable[[bytes, Response], Any] | None = None,
    sent: Callable[[Body], Any] | None = None,
    options: Mapping[str, Any] = {},
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that what a provider said is sent back to it as it came::

        def test_my_provider():
            check_parts_go_back(MyProvider(), bodies=[path.read_bytes() for path in RECORDINGS])

    *bodies* are bodies of the provider's streams, recorded or drawn; by default `wire_bodies`, for the
    wires that the kit knows and for a provider that has an ``encoder``.  Each is read, and its answer
    stands in the next request, which is built with *options*.

    The laws: each text, call, signature and raw block of the answer is in the request, and calls in
    their order; the result of each call is; an answer that was saved goes back the same; and writing
    changes nothing, so that the next turn writes the same.  With *blocks* and *sent* they are exact:
    ``blocks(body, response)`` gives the provider's own blocks, by its reference and not by this
    library's reading, and ``sent(request)`` those of the request after the question.

    :raises LawBroken: says which law, and on which body.
    """
    found = get(provider, endpoint) if isinstance(provider, str) else provider
    trial = _Trial(found, options, blocks, sent)
    if bodies is None:
        bodies = wire_bodies(found).map(lambda pair: pair[1])
    if isinstance(bodies, st.SearchStrategy):
        for_all(bodies, trial.check, settings)
        return
    for body in bodies:
        trial.check(body)


@attrs.frozen
class _Trial:
    provider: Provider
    options: Mapping[str, Any]
    blocks: Callable[[bytes, Response], Any] | None
    sent: Callable[[Body], Any] | None

    def check(self, body: bytes) -> None:
        decoder = StreamDecoder(self.provider)
        response = reassemble([*decoder.feed(body), *decoder.flush()])
        message = response.message
        first = self._request(message)
        if self._request(message) != first:
            raise LawBroken(
                "writing changes nothing", f"{shown(message)} is written otherwise again"
            )
        saved = self._request(from_json(message.to_json()))
        if saved != first:
            raise LawBroken(
                "saved, it goes back the same",
                f"{shown(message)} goes back as {shown(first)}, and once it was saved as {shown(saved)}",
            )
        if self.blocks is not None and self.sent is not None:
            own, sent = self.blocks(body, response), self.sent(first)
            if own != sent:
                raise LawBroken(
                    "parts go back", f"{shown(body)} has {shown(own)}, and {shown(sent)} goes back"
                )
        self._check_said(body, message, first)
        self._check_results(message)

    def _request(self, *messages: Any) -> Body:
        call = ModelCall("m", plain_messages([_QUESTION, *messages]), dict(self.options))
        # As plain data, which nothing that is written later can change.
        request: Body = json.loads(json.dumps(self.provider.request(call).body))
        return request

    def _check_said(self, body: bytes, message: AssistantResponseContent, request: Body) -> None:
        values = list(_values(request))
        for part in message.all_parts:
            for what, is_it in _marks(part):
                if not any(map(is_it, values)):
                    raise LawBroken(
                        "parts go back",
                        f"{shown(body)} says {shown(what)}, which does not go back: {shown(request)}",
                    )
        rest = iter(values)
        for call in _calls(message):
            if not any(_is_arguments(value, call.arguments) for value in rest):
                raise LawBroken(
                    "parts go back",
                    f"the calls of {shown(body)} go back in another order: {shown(request)}",
                )

    def _check_results(self, message: AssistantResponseContent) -> None:
        results = [
            ToolResult(call.id, call.name, f"result {number}", is_error=bool(number % 2))
            for number, call in enumerate(_calls(message))
        ]
        values = list(_values(self._request(message, *results, _NEXT)))
        for result in results:
            if not any(isinstance(value, str) and result.output in value for value in values):
                raise LawBroken(
                    "results are told", f"{shown(result)} was not written after {shown(message)}"
                )


def _calls(message: AssistantResponseContent) -> list[ToolCall]:
    return [part for part in message.parts if isinstance(part, ToolCall)]


def _marks(part: object) -> Iterator[tuple[Any, Callable[[Any], bool]]]:
    """The piece that a request with *part* must hold, and how it is recognised."""
    match part:
        case TextPart(text=text) if text.strip():
            yield text, lambda value: isinstance(value, str) and text in value
        case ThoughtPart(signature=str() as proof) | ThoughtPart(redacted=str() as proof):
            yield proof, lambda value: value == proof
        case ToolCall(name=name, arguments=arguments):
            yield name, lambda value: value == name
            yield arguments, lambda value: _is_arguments(value, arguments)
        case RawPart(block=block):
            yield block, lambda value: value == block
        case _:
            return


def _is_arguments(value: Any, arguments: str) -> bool:
    """Whether *value* is those arguments, as text or decoded."""
    if value == arguments:
        return True
    try:
        return isinstance(value, dict) and value == json.loads(arguments)
    except ValueError:
        return False


def _values(value: Any) -> Iterator[Any]:
    """*value* and all that is in it, in order."""
    yield value
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
