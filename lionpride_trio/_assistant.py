"""The answer of a model as a message: what the next call needs of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import attrs
from attrs.validators import deep_iterable, instance_of, optional

from ._chunks import Usage, Verdict
from ._json_form import has_json_form, to_json
from ._parts import PARTS, Part, TextPart


def _told(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(parts)


def _text_of(content: AssistantResponseContent) -> str:
    return text_of_parts(content.parts)


@has_json_form
@attrs.frozen(kw_only=True)
class AssistantResponseContent:
    """The answer of the model."""

    role: ClassVar[str] = "assistant"
    parts: tuple[Part, ...] = attrs.field(
        default=(), converter=_told, validator=deep_iterable(instance_of(PARTS))
    )
    """The answer in parts, as it goes back to a model; empty where the text is all of it."""
    assistant_response: str = attrs.field(
        default=attrs.Factory(_text_of, takes_self=True), validator=instance_of(str)
    )
    """The text of the answer."""
    verdict: Verdict | None = attrs.field(
        default=None, converter=attrs.converters.optional(Verdict)
    )
    """How the answer ended; None where nobody has told."""
    usage: Usage | None = attrs.field(default=None, validator=optional(instance_of(Usage)))
    """The tokens that it took, as far as the provider has told."""
    model: str | None = attrs.field(default=None, validator=optional(instance_of(str)))
    """The model that gave it, by its provider's id."""

    @property
    def all_parts(self) -> tuple[Part, ...]:
        """The answer in parts, also where the text is all of it."""
        text = (TextPart(self.assistant_response),) if self.assistant_response else ()
        return self.parts or text

    def chat_msg(self) -> dict[str, Any]:
        """The provider-neutral message: its text, or its parts where they say more."""
        content = list(self.parts) if says_more(self.parts) else self.assistant_response
        return {"role": self.role, "content": content}

    def to_json(self) -> str:
        """The message as one line of JSON, of which `from_json` makes it again."""
        return to_json(self)


def answer_of(
    parts: Iterable[Part],
    text: str,
    *,
    verdict: Verdict | None,
    usage: Usage | None,
    model: str | None,
) -> AssistantResponseContent:
    """An answer of *parts*, which are kept where they say more than *text*."""
    told = tuple(parts)
    kept = told if says_more(told) else ()
    return AssistantResponseContent(
        assistant_response=text, parts=kept, verdict=verdict, usage=usage, model=model
    )


def says_more(parts: Iterable[Part]) -> bool:
    """Whether *parts* say more than their text does."""
    return any(
        not isinstance(part, TextPart)
        or part.signature
        or part.citations
        or (part.native and part.native.facts)
        for part in parts
    )


def text_of_parts(parts: Iterable[Part]) -> str:
    """The text of a message."""
    return "".join(part.text for part in parts if isinstance(part, TextPart))
