"""The plan of a reply, in no provider's words: what is said, in which pieces, and how it ends.

The whole reply is planned before its first byte is sent, so that a stream and a whole answer to
the same request say the same.  It depends on the model's name, the prompt and the seeds alone.
"""

from __future__ import annotations

import hashlib
import json
from functools import partial
from random import Random
from typing import Final, Literal, TypeAlias

import attrs

from ._arguments import invent_arguments, invent_value
from ._ask import Ask, Tool
from ._directives import Directives
from ._json import JsonObject
from ._trigram import TrigramModel, pieces

PartKind: TypeAlias = Literal["reasoning", "redacted", "text", "refusal", "call"]
Finish: TypeAlias = Literal["stop", "stop_string", "length", "tools", "filtered", "refused"]

REFUSAL: Final = "I'm sorry, but I can't help with that."
_INVENTED: Final = Tool(
    "get_weather",
    {
        "type": "object",
        "properties": {"place": {"type": "string"}, "days": {"type": "integer", "maximum": 7}},
        "required": ["place"],
    },
)
_ANY_OBJECT: Final = {
    "type": "object",
    "properties": {"answer": {"type": "string"}, "certainty": {"type": "integer", "maximum": 9}},
}
_REASONING_PIECES: Final = 24
_MEDIA_PIECES: Final = 85
"""The pieces that an image, a sound or a file counts for."""


@attrs.frozen(kw_only=True)
class Part:
    """A stretch of one kind."""

    kind: PartKind
    pieces: tuple[str, ...]
    """Its text as it is sent; the arguments of a call are JSON."""
    id: str = ""
    name: str = ""
    index: int = 0
    """Its place among the parts."""
    arguments: JsonObject = attrs.field(factory=dict[str, object])
    slot: int = 0
    """A call's place among the calls."""

    @property
    def text(self) -> str:
        """The pieces joined."""
        return "".join(self.pieces)


@attrs.frozen(kw_only=True)
class Reply:
    """All that one reply says."""

    ask: Ask
    parts: tuple[Part, ...]
    finish: Finish
    stop_string: str | None = None
    digest: str
    """A hexadecimal number that the reply's ids are made of."""

    @property
    def prompt_count(self) -> int:
        """Tokens that came in."""
        return len(pieces(self.ask.context)) + _MEDIA_PIECES * self.ask.media

    @property
    def count(self) -> int:
        """Tokens that go out, reasoning among them."""
        return sum(len(part.pieces) for part in self.parts)

    @property
    def reasoning_count(self) -> int:
        """Tokens of reasoning."""
        return sum(len(part.pieces) for part in self.of("reasoning", "redacted"))

    def of(self, *kinds: PartKind) -> list[Part]:
        """The parts of some kinds."""
        return [part for part in self.parts if part.kind in kinds]

    def text(self, *kinds: PartKind) -> str:
        """The text of the parts of some kinds."""
        return "".join(part.text for part in self.of(*kinds))


def plan(ask: Ask, directives: Directives, *, seed: int) -> Reply:
    """The reply of the model that *ask* names."""
    model = TrigramModel.bundled()
    root = "\x00".join((str(seed), ask.seed, directives.base, ask.prompt))
    digest = hashlib.sha256(f"{root}\x00{ask.context}".encode("utf-8", "replace")).hexdigest()
    thought = model.answer(f"{root}\x00reasoning", _REASONING_PIECES)
    hidden: PartKind = "redacted" if directives.redacted and ask.can_redact else "reasoning"

    parts: list[Part] = []
    if directives.reasoning or ask.reasoning:
        parts.append(Part(kind=hidden, pieces=thought))
    finish: Finish = "stop"
    stop_string = None
    may_call = (directives.tools or directives.parallel) and not ask.after_tool
    calls = ask.choice.must_call or (may_call and not ask.choice.never)
    if directives.refusal:
        parts.append(Part(kind="refusal", pieces=pieces(REFUSAL)))
        finish = "refused"
    elif calls:
        count = 2 if directives.parallel and not ask.one_call else 1
        for call in _calls(ask, root, digest, model, count):
            if call.slot and parts[0].kind != "call" and ask.interleaved:
                again = model.answer(f"{root}\x00reasoning {call.slot}", _REASONING_PIECES)
                parts.append(Part(kind=hidden, pieces=again))
            parts.append(call)
        finish = "tools"
    else:
        said = _text(root, model, directives.length, ask)
        if directives.think_tags or ask.think_tags:
            said = (*pieces("<think>"), *thought, *pieces("</think>\n\n"), *said)
        if directives.filtered:
            said, finish = said[: len(said) // 2], "filtered"
        said, stop_string = _stopped(said, ask.stop)
        if stop_string is not None:
            finish = "stop_string"
        parts.append(Part(kind="text", pieces=said))
    if ask.limit is not None and sum(len(part.pieces) for part in parts) > ask.limit:
        parts, finish, stop_string = _limited(parts, ask.limit), "length", None
    placed = tuple(attrs.evolve(part, index=index) for index, part in enumerate(parts))
    return Reply(ask=ask, parts=placed, finish=finish, stop_string=stop_string, digest=digest)


def _text(root: str, model: TrigramModel, length: int | None, ask: Ask) -> tuple[str, ...]:
    if ask.form is not None:
        value = invent_value(ask.form or _ANY_OBJECT, root, partial(_few_words, model))
        return pieces(value if ask.bare else json.dumps(value, ensure_ascii=False))
    if length is not None:
        return model.exactly(root, length)
    return model.answer(root, Random(root).randint(60, 140))


def _calls(ask: Ask, root: str, digest: str, model: TrigramModel, count: int) -> list[Part]:
    offered = ask.tools or (_INVENTED,)
    calls: list[Part] = []
    for slot in range(count):
        tool = offered[slot % len(offered)]
        words = partial(_few_words, model)
        arguments = invent_arguments(tool.schema, f"{root}\x00{slot}", words)
        calls.append(
            Part(
                kind="call",
                # With blanks after colons and commas, as Anthropic and OpenAI write them.
                pieces=pieces(json.dumps(arguments, ensure_ascii=False)),
                id=digest[8 * slot : 8 * slot + 24],
                name=tool.name,
                arguments=arguments,
                slot=slot,
            )
        )
    return calls


def _few_words(model: TrigramModel, seed: str) -> str:
    return "".join(model.exactly(seed, 3)).strip()


def _stopped(said: tuple[str, ...], stop: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    """The pieces before the first stop string, and that string."""
    text = "".join(said)
    found = [(place, one) for one in stop if (place := text.find(one)) >= 0]
    if not found:
        return said, None
    place, which = min(found)
    kept: list[str] = []
    for piece in said:
        if place <= 0:
            break
        kept.append(piece[:place])
        place -= len(piece)
    return tuple(kept), which


def _limited(parts: list[Part], limit: int) -> list[Part]:
    """The first *limit* pieces; a call that is not whole is left out, for some wires have no half ones."""
    kept: list[Part] = []
    for part in parts:
        if len(part.pieces) <= limit:
            kept.append(part)
        elif limit and part.kind != "call":
            kept.append(attrs.evolve(part, pieces=part.pieces[:limit]))
        limit = max(0, limit - len(part.pieces))
    return kept
