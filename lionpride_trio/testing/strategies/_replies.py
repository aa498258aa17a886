"""Responses that providers can mean."""

from __future__ import annotations

import json
from typing import Final

from hypothesis import strategies as st

from ..._chunks import Usage, Verdict
from ..._media import MediaPart
from ..._parts import TextPart, ThoughtPart, ToolCall, make_call_id
from ..._response import Response
from ...providers.encoders import Abilities
from ._prose import json_arguments, prose

_TEXTS: Final = prose(max_size=12)
_SOME_TEXT: Final = prose(min_size=1, max_size=6).filter(bool)
_COUNT: Final = st.integers(0, 100_000)


@st.composite
def _calls(draw: st.DrawFn, abilities: Abilities) -> list[ToolCall]:
    made: list[ToolCall] = []
    for number in range(draw(st.integers(0, 2))):
        arguments = draw(json_arguments())
        made.append(
            ToolCall(
                id=f"call_{number}" if abilities.call_ids else make_call_id(number),
                name=draw(st.sampled_from(["f", "get_weather", "días"])),
                arguments=json.dumps(arguments, ensure_ascii=False),
            )
        )
    return made


def _reasoning(abilities: Abilities) -> st.SearchStrategy[list[ThoughtPart]]:
    signature = st.sampled_from([None, "c2ln"]) if abilities.signed else st.none()
    match abilities.reasoning:
        case "none":
            return st.just([])
        case "one":
            return st.lists(st.builds(ThoughtPart, _SOME_TEXT, signature), max_size=1)
        case "blocks":
            kinds = [st.builds(ThoughtPart, _SOME_TEXT, signature)]
            if abilities.sealed:
                kinds.append(st.builds(ThoughtPart, st.just(""), st.none(), st.just("c2VhbGVk")))
            return st.lists(st.one_of(kinds), max_size=2)


_BYTES: Final = st.binary(max_size=5)


@st.composite
def _media(draw: st.DrawFn, abilities: Abilities) -> list[MediaPart]:
    """An image, a sound, or none; files stand as a rule at a place."""
    made: list[MediaPart] = []
    if "image" in abilities.media and draw(st.booleans()):
        proof = draw(st.sampled_from([None, "c2ln"])) if abilities.signed else None
        data = b"\x89PNG\r\n\x1a\n" + draw(_BYTES)
        made.append(MediaPart("image", "image/png", data=data, signature=proof))
    if "audio" in abilities.media and draw(st.booleans()):
        # Samples, which begin as no known file does; a wire with files has no transcripts.
        said = None if "file" in abilities.media else draw(st.none() | _SOME_TEXT)
        made.append(MediaPart("audio", "audio/pcm", data=b"\0\0" + draw(_BYTES), transcript=said))
    if "file" in abilities.media and draw(st.booleans()):
        made.append(MediaPart("file", "video/mp4", url="https://a.b/c.mp4"))
    return made


_OUTWEIGHED: Final = {Verdict.COMPLETE, Verdict.PAUSED, Verdict.UNKNOWN}


@st.composite
def replies_of(draw: st.DrawFn, abilities: Abilities) -> Response:
    """A response made of what *abilities* allow."""
    text = draw(_TEXTS)
    thoughts = draw(_reasoning(abilities))
    refusal = draw(st.one_of(st.just(""), _SOME_TEXT)) if abilities.refusals else ""
    may_call = Verdict.TOOL_USE in abilities.endings and not refusal
    calls = draw(_calls(abilities)) if may_call else []
    verdicts: list[Verdict] = [v for v in abilities.endings if v is not Verdict.TOOL_USE]
    if calls:
        # Calls that wait outweigh any reason but that the answer was cut or refused.
        verdicts = [Verdict.TOOL_USE, *(v for v in verdicts if v not in _OUTWEIGHED)]
    if refusal:
        verdicts = [Verdict.REFUSED]
    elif abilities.refusals:
        verdicts = [verdict for verdict in verdicts if verdict is not Verdict.REFUSED]
    verdict = draw(st.sampled_from(verdicts))
    texts, ways = [text], [verdict]
    if abilities.alternatives and draw(st.booleans()):
        texts.append(draw(_TEXTS))
        ways.append(Verdict.COMPLETE)
    media = draw(_media(abilities)) if abilities.media else []
    usage = None
    if abilities.counts and (abilities.usage_always or draw(st.booleans())):
        names = [*abilities.counts, *(n for n in abilities.more_counts if draw(st.booleans()))]
        usage = Usage(**{name: draw(_COUNT) for name in names})
    citation = st.builds(lambda n: {"url": f"https://a.b/{n}"}, st.integers(0, 9))
    return Response(
        text=text,
        texts=tuple(texts),
        reasoning="".join(block.text for block in thoughts),
        parts=(*thoughts, *([TextPart(text)] if text else ()), *media, *calls),
        refusal=refusal,
        tool_calls=tuple(calls),
        citations=tuple(draw(st.lists(citation, max_size=2))) if abilities.citations else (),
        usage=usage,
        verdict=verdict,
        finish_reason=draw(st.sampled_from(abilities.endings[verdict])),
        verdicts=tuple(ways),
    )
