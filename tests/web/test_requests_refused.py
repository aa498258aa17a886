"""What is no request is refused, with its place."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings, strategies as st

from lionpride_trio import (
    ConfigurationError,
)
from lionpride_trio.web import BadPageRequest, read_messages
from tests.web.requested import PNG_URL, PROTOCOLS, Request, ag_ui, asked, ui, ui_user


@pytest.mark.parametrize(
    ("protocol", "form", "complaint"),
    [
        ("events", [], r"the request has to be an object, and is \[\]"),
        ("events", {}, "messages has to be a list, and is missing"),
        ("events", {"question": 7}, "question has to be a text, and is 7"),
        ("events", {"question": ""}, "the last message has to be a user's question"),
        ("openai", {"messages": []}, "the last message has to be"),
        ("openai", {"messages": ["hi"]}, r"messages\[0\] has to be an object, and is 'hi'"),
        ("openai", {"messages": [{"role": "root", "content": "x"}]}, r"messages\[0\]\.role"),
        ("openai", {"messages": [{"role": "user"}]}, r"messages\[0\]\.content has to be a list"),
        (
            "openai",
            {"messages": [{"role": "user", "content": [{"type": "odd"}]}]},
            r"messages\[0\]\.content\[0\]\.type",
        ),
        (
            "openai",
            {
                "messages": [
                    {
                        "role": "system",
                        "content": [{"type": "image_url", "image_url": {"url": PNG_URL}}],
                    }
                ]
            },
            r"messages\[0\]\.content has to be text alone",
        ),
        (
            "openai",
            {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]},
            "the last message has to be",
        ),
        ("ui", ui({"id": "m", "role": "tool", "parts": []}), r"messages\[0\]\.role"),
        ("ui", ui({"id": "m", "role": "user"}), r"messages\[0\]\.parts has to be a list"),
        ("ui", ui(ui_user({"text": "hi"})), r"messages\[0\]\.parts\[0\]\.type"),
        ("ag_ui", ag_ui({"role": "god", "content": ""}), r"messages\[0\]\.role"),
        (
            "ag_ui",
            ag_ui({"role": "user", "content": [{"type": "odd"}]}),
            r"messages\[0\]\.content\[0\]\.type",
        ),
        (
            "ag_ui",
            ag_ui({
                "role": "user",
                "content": [{"type": "image", "source": {"type": "file", "value": "x"}}],
            }),
            r"source\.type has to be 'data' or 'url'",
        ),
    ],
)
async def test_what_is_no_request_is_refused_with_its_place(protocol, form, complaint):
    with pytest.raises(BadPageRequest, match=complaint) as caught:
        await read_messages(asked(form), protocol=protocol)
    assert caught.value.status_code == 400
    assert isinstance(caught.value, ConfigurationError)


@pytest.mark.parametrize("url", ["/etc/passwd", "file:///etc/passwd", "a.png", "javascript:x", ""])
async def test_no_file_of_this_machine_is_read(url):
    forms = {
        "ui": ui(ui_user({"type": "file", "mediaType": "image/png", "url": url})),
        "ag_ui": ag_ui({
            "role": "user",
            "content": [{"type": "image", "source": {"type": "url", "value": url}}],
        }),
        "openai": {
            "messages": [
                {"role": "user", "content": [{"type": "file", "file": {"file_data": url}}]}
            ]
        },
    }
    for protocol, form in forms.items():
        with pytest.raises(BadPageRequest, match="has to be a URL that begins with https://"):
            await read_messages(asked(form), protocol=protocol)


async def test_a_broken_file_is_named():
    part = {"type": "file", "mediaType": "image/png", "url": "data:image/png;base64,!"}
    with pytest.raises(BadPageRequest, match=r"messages\[0\]\.parts\[0\]\.url: .*no base64"):
        await read_messages(asked(ui(ui_user(part))), protocol="ui")


def _forms_of_image(url):
    """An image of each protocol."""
    _, media_type, data = re.split(r"data:|;base64,", url, maxsplit=2)
    source = {"type": "data", "value": data, "mimeType": media_type}
    shown = {"type": "image_url", "image_url": {"url": url}}
    return {
        "ui": ui(ui_user({"type": "file", "mediaType": "image/png", "url": url})),
        "ag_ui": ag_ui({"role": "user", "content": [{"type": "image", "source": source}]}),
        "openai": {"messages": [{"role": "user", "content": [shown]}]},
    }


@pytest.mark.parametrize("protocol", ["ui", "ag_ui", "openai"])
@pytest.mark.parametrize("data", ["iVBO\ud83d", "iVBORw0KGgo\udc80="])
async def test_a_file_that_was_cut_in_the_middle_of_a_character_is_refused(protocol, data):
    form = _forms_of_image(f"data:image/png;base64,{data}")[protocol]
    with pytest.raises(BadPageRequest, match=r"messages\[0\].*lone surrogate"):
        await read_messages(asked(form), protocol=protocol)


async def test_an_address_that_is_none_is_refused():
    part = {"type": "file", "mediaType": "image/*", "url": "https://[a/b.png"}
    with pytest.raises(BadPageRequest, match=r"parts\[0\]\.url: 'https://\[a/b\.png' is no URL"):
        await read_messages(asked(ui(ui_user(part))), protocol="ui")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_a_number_that_is_none_of_json_is_refused(number):
    called = f'{{"type": "tool-f", "toolCallId": "a", "state": "output-available", "input": {{"a": {number}}}}}'
    body = f'{{"messages": [{{"role": "assistant", "parts": [{called}]}}]}}'
    with pytest.raises(BadPageRequest, match=f"no JSON: {number} is no number"):
        await read_messages(Request(body.encode()), protocol="ui")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
@pytest.mark.parametrize("protocol", PROTOCOLS)
async def test_what_is_no_json_is_refused(protocol, body):
    with pytest.raises(BadPageRequest, match="the request is no JSON"):
        await read_messages(Request(body), protocol=protocol)


async def test_a_large_request_is_refused_before_it_is_read():
    class Unread(Request):
        async def body(self):
            raise AssertionError("it was read")

    with pytest.raises(BadPageRequest, match="more than 10 bytes"):
        await read_messages(Unread(b"", {"content-length": "11"}), protocol="ui", max_bytes=10)
    with pytest.raises(BadPageRequest, match="more than 10 bytes"):
        await read_messages(Request(b" " * 11), protocol="ui", max_bytes=10)


async def test_an_unknown_protocol_is_no_fault_of_the_page():
    with pytest.raises(ConfigurationError, match="do you mean 'ui'") as caught:
        await read_messages(asked({}), protocol="uii")
    assert not isinstance(caught.value, BadPageRequest)
    with pytest.raises(ConfigurationError, match="max_bytes must be"):
        await read_messages(asked({}), protocol="ui", max_bytes=0)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["user", "assistant", "text", "x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([
                "role",
                "parts",
                "content",
                "type",
                "text",
                "state",
                "toolCalls",
                "url",
            ]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(max_examples=60)
@given(messages=JSON)
async def test_whatever_a_page_sends_is_read_or_refused(protocol, messages):
    with contextlib.suppress(BadPageRequest):
        assert await read_messages(asked({"messages": messages}), protocol=protocol)
