"""The styles in which the streams of each wire are written in the wild, and the noise in them.

Each strategy shrinks to a style of few fields and no noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from hypothesis import strategies as st

from ....providers.encoders import (
    ChatStyle,
    Event,
    GeminiStyle,
    MessagesStyle,
    ResponsesStyle,
    Style,
)

_IDLE: Final = [
    ": ping\n\n",
    ":\n\n",
    "retry: 3000\n\n",
    "id: 7\n\n",
    "\n",
    ": OPENROUTER PROCESSING\n\n",
]
_IDLE_LINES: Final = [
    "\n",
    "   \n",
    '{"model": "m", "done": false}\n',
    '{"model": "m", "aNewField": 1}\n',
]
_MOST_NOISE: Final = 24
_MAYBE: Final = st.booleans()
_PER_PART: Final = st.lists(_MAYBE, max_size=3)

_HEAD: Final = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
_CHAT_UNKNOWN: Final[list[Event]] = [
    (None, {**_HEAD, "choices": []}),
    (None, {"id": "", "model": "", "choices": [], "prompt_filter_results": []}),
    (None, {**_HEAD, "choices": None}),
    (None, {**_HEAD, "choices": [{"index": 0, "delta": None}]}),
    (None, {**_HEAD, "choices": [{"index": 0, "delta": {"a_new_field": 1}}]}),
    (None, {"object": "a.new.object"}),
]


def _named(*events: dict[str, Any]) -> list[Event]:
    return [(event["type"], event) for event in events]


_RESPONSES_UNKNOWN: Final = _named(
    {"type": "response.a_new_event", "output_index": 0},
    {"type": "response.web_search_call.searching", "output_index": 9, "item_id": "ws_1"},
    {"type": "response.content_part.added", "output_index": 9, "part": {"type": "output_text"}},
    {"type": "response.output_item.done", "output_index": 9, "item": {"type": "a_new_item"}},
)
_ANTHROPIC_UNKNOWN: Final = _named(
    {"type": "ping"},
    {"type": "a_new_event", "index": 0},
    {
        "type": "content_block_delta",
        "index": 99,
        "delta": {"type": "a_new_delta", "text": "no"},
    },
    {"type": "content_block_start", "index": 98, "content_block": {"type": "a_new_block"}},
)
_GEMINI_UNKNOWN: Final[list[Event]] = [
    (None, {"responseId": "r1"}),
    (None, {"candidates": [{"index": 0, "content": {}}]}),
    (None, {"candidates": [{"index": 0, "content": {"parts": [{"aNewPart": {"text": "no"}}]}}]}),
]


def _noise(kinds: Sequence[str | Event]) -> st.SearchStrategy[list[str | Event]]:
    silence: st.SearchStrategy[str | Event] = st.just("")
    before_an_event = st.one_of(silence, st.sampled_from(kinds))
    return st.one_of(st.just([]), st.lists(before_an_event, max_size=_MOST_NOISE))


def _of_all(unknown: Sequence[Event] = ()) -> dict[str, st.SearchStrategy[Any]]:
    """The options of every style of server-sent events."""
    return {
        "json": st.sampled_from(["compact", "indented", "spaced"]),
        "ascii": _MAYBE,
        "line_end": st.sampled_from([None, "\n", "\r\n", "\r"]),
        # One blank after the colon, or none: both are in use.
        "blank": st.sampled_from([True, False]),
        "byte_order_mark": _MAYBE,
        "named": st.sampled_from([True, False]),  # gateways drop the event line
        "extras": _MAYBE,
        "noise": _noise([*_IDLE, *unknown]),
    }


STYLES: Final = st.builds(Style, **_of_all())
"""Of a wire that the kit knows nothing of."""
LINE_STYLES: Final = st.builds(
    Style,
    json=st.sampled_from(["compact", "spaced"]),
    ascii=_MAYBE,
    line_end=st.sampled_from([None, "\r\n"]),
    extras=_MAYBE,
    noise=_noise(["\n", "   \n"]),
)
"""Of one whose events are lines."""
OLLAMA_STYLES: Final = st.builds(
    Style,
    json=st.sampled_from(["compact", "spaced"]),
    ascii=_MAYBE,
    line_end=st.sampled_from([None, "\r\n"]),
    extras=_MAYBE,
    noise=_noise(_IDLE_LINES),
)
CHAT_STYLES: Final = st.builds(
    ChatStyle,
    **_of_all(_CHAT_UNKNOWN),
    role_first=_MAYBE,
    usage_twice=_MAYBE,
    running_usage=_MAYBE,
    null_usage=_MAYBE,
    padding=_MAYBE,
)
RESPONSES_STYLES: Final = st.builds(
    ResponsesStyle,
    **_of_all(_RESPONSES_UNKNOWN),
    tells_steps=_MAYBE,
    done_only=_PER_PART,
    thought_itself=_PER_PART,
)
MESSAGES_STYLES: Final = st.builds(
    MessagesStyle,
    **_of_all(_ANTHROPIC_UNKNOWN),
    ping=_MAYBE,
    gaps=_PER_PART,
    new_blocks=_PER_PART,
    text_in_start=_PER_PART,
    input_in_start=_PER_PART,
    empty_delta=_MAYBE,
    running_total=_MAYBE,
    usage_at_end=st.sampled_from(["output", "input too", "all"]),
)
GEMINI_STYLES: Final = st.builds(
    GeminiStyle,
    **_of_all(_GEMINI_UNKNOWN),
    finish=st.sampled_from(["alone", "with the last part", "with an empty text"]),
    prompt_feedback=_MAYBE,
)
