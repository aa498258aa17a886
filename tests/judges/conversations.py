"""Conversations of every shape that a caller may hand over, drawn by hypothesis."""

import json

from hypothesis import strategies as st

from tests.providers.asking import CLOCK, PDF, PIXEL, WAV, WEATHER

TEXTS = st.one_of(
    st.sampled_from(["", " ", "Hi", "😀 naïve\u2028 \x00", '{"a":1}']), st.text(max_size=9)
)
MARKS = st.sampled_from([{}, {}, {"cache_control": {"type": "ephemeral"}}])
SAID = TEXTS.filter(str.strip)

IMAGES = [
    {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
    {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}},
    {"type": "image_url", "image_url": PIXEL},
]
FILES = [{"type": "file", "file": PDF}]
MEDIA = {
    ("openai", "chat"): [*IMAGES, *FILES, WAV],
    ("openai", "responses"): [*IMAGES, *FILES],
    ("anthropic", "messages"): [*IMAGES, *FILES],
    ("gemini", "generate"): [*IMAGES, *FILES, WAV],
}


def text_parts(least=1):
    part = st.builds(lambda text, mark: {"type": "text", "text": text, **mark}, SAID, MARKS)
    return st.lists(part, min_size=least, max_size=2)


ARGUMENTS = st.one_of(
    st.sampled_from(["", "{}", '{"city": "Bodø"}', '{"half', "[1]", "NaN", None]),
    st.dictionaries(st.sampled_from(["city", "when"]), SAID, max_size=2).map(json.dumps),
)


@st.composite
def turns(draw):
    """An assistant's message with its calls, and their results in any order."""
    count = draw(st.integers(0, 3))
    with_ids = draw(st.booleans())
    calls = []
    for number in range(count):
        function = {
            "name": draw(st.sampled_from(["weather", "clock"])),
            "arguments": draw(ARGUMENTS),
        }
        calls.append({"type": "function", "function": function})
        if with_ids:
            calls[-1]["id"] = f"c{number}"
    said = draw(st.one_of(st.none(), TEXTS, text_parts())) if count else draw(SAID)
    messages = [{"role": "assistant", "content": said, **({"tool_calls": calls} if calls else {})}]
    for call in draw(st.permutations(calls)):
        result = {"role": "tool", "content": draw(st.one_of(TEXTS, text_parts())), **draw(MARKS)}
        if with_ids:
            result["tool_call_id"] = call["id"]
        else:
            result["name"] = call["function"]["name"]
        if draw(st.booleans()):
            result["is_error"] = True
        messages.append(result)
    return messages


@st.composite
def conversations(draw, wire):
    """Messages, and options that go with them, for the wire (provider, endpoint)."""
    media = st.sampled_from(MEDIA[wire]).flatmap(
        lambda part: MARKS.map(lambda mark: {**part, **mark})
    )
    asked = st.one_of(
        SAID,
        st.builds(lambda texts, parts: texts + parts, text_parts(), st.lists(media, max_size=2)),
    )
    messages = [
        {"role": draw(st.sampled_from(["system", "developer"])), "content": content}
        for content in draw(st.lists(st.one_of(SAID, text_parts()), max_size=2))
    ]
    for _ in range(draw(st.integers(1, 3))):
        messages.append({"role": "user", "content": draw(asked)})
        messages += draw(turns())
    options = {"tools": [WEATHER, {**CLOCK, **draw(MARKS)}]} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        options["system"] = draw(st.one_of(SAID, text_parts()))
    if draw(st.booleans()):
        options["stop" if wire != ("openai", "responses") else "user"] = draw(
            st.sampled_from(["END", None])
        )
    return messages, options
