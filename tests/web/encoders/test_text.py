"""``text`` is the answer's text, byte for byte."""

from __future__ import annotations

import pytest

from lionpride_trio import OtherChunk, Overloaded, ReasoningChunk, TextChunk
from lionpride_trio.web.encoders import TextEncoder
from tests.web.streams import conversation


def body_of(*items):
    encoder = TextEncoder()
    return (b"".join(encoder.feed(item) for item in items) + encoder.flush()).decode()


def test_the_text_of_all_turns_and_nothing_else():
    assert body_of(*conversation()) == "Let me see.3 °C, no tides."


def test_other_alternatives_reasoning_and_refusals_are_left_out():
    refusal = OtherChunk(kind="refusal", value="no")
    assert (
        body_of(TextChunk("a"), TextChunk("b", index=1), ReasoningChunk(text="c"), refusal) == "a"
    )


def test_other_things_are_lines_of_json():
    assert body_of("é", {"a": 1}, [2]) == 'é{"a":1}\n[2]\n'


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["\ud83d", "\ude00"], "😀"),
        (["a\ud83d", "", "\ude00b"], "a😀b"),
        (["\ud83d"], "�"),
        (["\ud83d", "b"], "�b"),
        (["\ude00\ud83d", "\ud83d\ude00"], "��😀"),
    ],
)
def test_a_sign_that_was_cut_in_its_middle_is_whole_again(pieces, text):
    assert body_of(*pieces) == text


def test_a_failure_has_no_words_and_silence_no_sign():
    encoder = TextEncoder()
    assert encoder.fail(Overloaded("x")) == encoder.heartbeat == b""
    assert encoder.media_type == "text/plain; charset=utf-8"
