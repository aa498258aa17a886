"""Responses: what a reply adds up to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, cast

import attrs

from .._assistant import AssistantResponseContent, answer_of
from .._chunks import NO_METADATA, Usage, Verdict
from .._json_form import NO_JSON, has_json_form, to_json
from .._media import MediaPart
from .._parts import Part, TextPart, ThoughtPart, ToolCall
from .._timings import NO_HEADERS, CallFacts, RateLimits, Timings

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    T_co = TypeVar("T_co", covariant=True, default=Any)

    class _WithOutput(Generic[T_co]):
        pass

else:
    T_co = Any

    class _WithOutput:
        """``Response[Recipe]`` is for type checkers: cattrs reads a generic class by its arguments alone."""

        __slots__ = ()

        def __class_getitem__(cls, item: Any) -> Any:
            return cls


_NOT_WHOLE: Final = frozenset([Verdict.LENGTH, Verdict.BLOCKED, Verdict.REFUSED, Verdict.STOPPED])
"""The verdicts of answers whose calls nobody answers."""


def _parts_of(response: Response) -> tuple[Part, ...]:
    """The parts of a response that was made by its views."""
    thoughts = (ThoughtPart(response.reasoning),) if response.reasoning else ()
    text = (TextPart(response.text, citations=response.citations),) if response.text else ()
    return (*thoughts, *text, *response.tool_calls)


def _thoughts_of(parts: tuple[Part, ...]) -> tuple[ThoughtPart, ...]:
    return tuple(
        part if isinstance(part, ThoughtPart) else ThoughtPart(signature=part.signature)
        for part in parts
        if isinstance(part, ThoughtPart)
        or (isinstance(part, TextPart | ToolCall | MediaPart) and part.signature)
    )


def _thoughts_and_media(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    thoughts = (attrs.evolve(thought, id=None) for thought in _thoughts_of(parts))
    return (*thoughts, *(part for part in parts if isinstance(part, MediaPart)))


@has_json_form
@attrs.frozen
class Response(_WithOutput[T_co]):
    """The sum of a reply's chunks, so far or for good.

    Two responses are equal when they say the same and ended the same way; ids and the provider's
    other facts do not count.
    """

    text: str = ""
    """The answer (of the first alternative, where several were asked for)."""
    texts: tuple[str, ...] = ("",)
    """The answers of all alternatives, by index."""
    reasoning: str = ""
    """All reasoning, joined."""
    refusal: str = ""
    """The model's words when it declined, where the provider keeps them apart."""
    tool_calls: tuple[ToolCall, ...] = ()
    """The tool calls, in order."""
    citations: tuple[Any, ...] = ()
    """The provider's citation objects, in order."""
    usage: Usage | None = None
    """The tokens used; None where the provider has not told."""
    verdict: Verdict = Verdict.UNKNOWN
    """How the reply ended; `Verdict.UNKNOWN` as long as it has not."""
    finish_reason: str | None = None
    """The provider's own word for how the reply ended."""
    verdicts: tuple[Verdict, ...] = (Verdict.UNKNOWN,)
    """The verdicts of all alternatives, by index."""
    other_tool_calls: tuple[tuple[ToolCall, ...], ...] = ()
    """The tool calls of the alternatives beyond the first, by index from 1; empty where none has any."""
    metadata: Mapping[str, Any] = attrs.field(default=NO_METADATA, eq=False, repr=False)
    """Read-only facts under the provider's own names: ids, model, fingerprint."""
    output: T_co = attrs.field(default=cast(Any, None), eq=False, repr=False, metadata=NO_JSON)
    """The answer as an object of the type that ``complete(output=…)`` asked for, made of the text.

    It has no place in the JSON form, which has the text.
    """
    parts: tuple[Part, ...] = attrs.field(
        default=attrs.Factory(_parts_of, takes_self=True),
        kw_only=True,
        repr=False,
        eq=_thoughts_and_media,
    )
    """The answer (the first alternative) as a whole: texts, thoughts, calls, media and the provider's
    own blocks in the order in which they began.

    ``text``, ``reasoning`` and ``tool_calls`` are views of it.  Where two responses are compared, only
    the thoughts and the media of it count: servers cut one text into several parts, or do not.
    """

    call: CallFacts | None = attrs.field(
        default=None, kw_only=True, eq=False, repr=False, metadata=NO_JSON
    )
    """The facts of the call that gave the answer: ``timings``, ``headers``, ``request_id`` and
    ``rate_limits`` are views of it.  None for a response that was made of chunks or of JSON."""

    @property
    def timings(self) -> Timings | None:
        """When what of the answer came; None where no call is known."""
        return None if self.call is None else self.call.timings

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers of the answer, names in small letters; without cookies, which are keys."""
        return NO_HEADERS if self.call is None else self.call.headers

    @property
    def request_id(self) -> str | None:
        """The id that the provider gave the request."""
        return None if self.call is None else self.call.request_id

    @property
    def rate_limits(self) -> RateLimits | None:
        """The limits that the headers tell of, as numbers; None where they do not."""
        return None if self.call is None else self.call.rate_limits

    @property
    def reasoning_blocks(self) -> tuple[ThoughtPart, ...]:
        """The reasoning by blocks, with their signatures.

        A signature that stands at a text, a call or a medium (Gemini's) is a block of its own, without text.
        """
        return _thoughts_of(self.parts)

    @property
    def message(self) -> AssistantResponseContent:
        """The answer as the next call needs it: for ``messages=[…]``, or a branch.

        Of an answer that was cut or stopped the calls are left out.
        """
        model = self.metadata.get("model")
        parts = self.parts
        if self.verdict in _NOT_WHOLE:  # a call that gets no result could never be sent back
            parts = tuple(part for part in parts if not isinstance(part, ToolCall))
        return answer_of(
            parts,
            self.text or self.refusal,
            verdict=self.verdict,
            usage=self.usage,
            model=model if isinstance(model, str) else None,
        )

    def __str__(self) -> str:
        return self.text

    def to_json(self) -> str:
        """The response as one line of JSON, of which `from_json` makes it again.

        :raises TypeError: it holds what is no plain data; says where.
        """
        return to_json(self)


def add_call(response: Response, call: CallFacts) -> Response:
    """*response* with the facts of its call.  It must be one that nobody else has yet: it is changed.

    Made anew, with its dozen fields, it would cost a reply that is asked at each chunk as much again.
    """
    object.__setattr__(response, "call", call)
    return response


def as_stopped(response: Response) -> Response:
    """*response* as one that was ended on purpose."""
    verdicts = (Verdict.STOPPED, *response.verdicts[1:])
    return attrs.evolve(response, verdict=Verdict.STOPPED, verdicts=verdicts)
