"""Items and errors are read as they were written."""

from __future__ import annotations

import sys

import hypothesis
import pytest
from hypothesis import strategies as st

from lionpride_trio import (
    AnswerCut,
    ConfigurationError,
    DecodeError,
    FlowError,
    LimitExceeded,
    OperationError,
    ProviderError,
    RateLimited,
    Response,
    SinkError,
    StreamError,
    StreamTimeout,
    TextChunk,
    ToolCallChunk,
    UsageChunk,
    Verdict,
    WriterLost,
)
from lionpride_trio.durable._records import (
    read_error,
    read_item,
    response_of,
    write_error,
    write_item,
)
from tests.durable.sources import REPLY
from tests.errors.test_pickling import WHERE

TEXTS = st.text(st.characters(exclude_categories=())) | st.sampled_from([
    "$",
    "$text",
    "\ud83d\ude00",
])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS | st.integers() | st.none(), inner, max_size=4)
        | st.tuples(inner, inner)
    ),
    max_leaves=12,
)
CHUNKS = st.builds(
    TextChunk, TEXTS, metadata=st.dictionaries(TEXTS, PLAIN, max_size=3), raw_response=PLAIN
)


@hypothesis.given(PLAIN | CHUNKS)
def test_plain_data_is_an_item(item):
    text = write_item(item)
    assert text.isascii()
    assert "\n" not in text
    again = read_item(text)
    assert again == item
    assert repr(again) == repr(item)  # which tells 1 from True, and lists from tuples
    assert getattr(again, "raw_response", None) == getattr(item, "raw_response", None)


@pytest.mark.parametrize(
    "item",
    [10**700, [10**5000], {"a": -(10**650)}, "1" * 1000, "a" * 10_000, ["[" * 1000], float("-inf")],
    ids=lambda item: repr(type(item)),
)
def test_what_is_large_is_an_item(item):
    sys.set_int_max_str_digits(640)
    try:
        again = read_item(write_item(item))
    finally:
        sys.set_int_max_str_digits(sys.int_info.default_max_str_digits)
    assert again == item


def nested(depth):
    item = "x"
    for _ in range(depth):
        item = [item]
    return item


def test_what_is_nested_deep_is_an_item_as_far_as_it_can_be_read_again():
    for depth in (100, 290):
        assert read_item(write_item(nested(depth))) == nested(depth)
        chunk = TextChunk("a", raw_response=nested(depth))
        assert read_item(write_item(chunk)).raw_response == nested(depth)
    for depth in (310, 900, 100_000):
        for item in (nested(depth), TextChunk("a", raw_response=nested(depth))):
            with pytest.raises(TypeError, match="nested too deep"):
                write_item(item)


@pytest.mark.parametrize(
    "item", [*REPLY, ToolCallChunk(id="1", name="f", arguments="{"), UsageChunk(), Response("a")]
)
def test_what_this_library_makes_is_an_item(item):
    assert read_item(write_item(item)) == item
    assert type(read_item(write_item(item))) is type(item)


@pytest.mark.parametrize("text", ["", "{", '{"$": "Nothing"}', "[" * 100_000, '{"$tuple": 1}'])
def test_a_damaged_item_is_an_error(text):
    with pytest.raises(DecodeError, match="a stored item cannot be read"):
        read_item(text)


ERRORS = [
    StreamTimeout("late", clock="connect", **WHERE),
    DecodeError("no JSON", line="{", **WHERE),
    LimitExceeded("much", limit="json_depth", value=256, **WHERE),
    ProviderError("no", status=418, code="teapot", kind="pot", body={"a": [1]}, **WHERE),
    RateLimited("slow down", status=429, **WHERE),
    SinkError("disk", sink="write_file", **WHERE),
    AnswerCut("cut", verdict=Verdict.LENGTH, **WHERE),
    ConfigurationError("wrong"),
    WriterLost("died"),
    ValueError("a", 1),
    KeyError("key"),
    OSError(2, "no such file"),
    RuntimeError(),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_errors_come_back_with_all_that_hangs_on_them(error):
    again = read_error(write_error(error))
    assert type(again) is type(error)
    assert (again.args, str(again), vars(again)) == (error.args, str(error), vars(error))


class Mute:
    def __repr__(self):
        raise RuntimeError("no text")


class NoArgs(Exception):
    @property
    def args(self):
        raise RuntimeError("no arguments")


def in_groups(depth):
    error = ValueError("inside")
    for _ in range(depth):
        error = ExceptionGroup("outside", [error])
    return error


def caused_by(cause):
    error = ValueError("a")
    error.__cause__ = cause
    return error


UNTOLD = [
    ValueError(10**5000), ValueError({10**5000: 1}), ValueError([Mute()]), ValueError({Mute(): 1}), NoArgs("a"),
    ProviderError("no", status=400, body={10**5000: Mute()}, **WHERE), caused_by(ValueError(10**5000)), in_groups(900),
]  # fmt: skip


@pytest.mark.parametrize("error", UNTOLD, ids=lambda error: type(error).__name__)
def test_an_error_is_written_whatever_it_holds(error):
    again = read_error(write_error(error))
    assert type(again) is (StreamError if isinstance(error, NoArgs) else type(error))


def test_groups_are_written_to_some_depth():
    again, depth = read_error(write_error(in_groups(900))), 0
    while isinstance(again, ExceptionGroup):
        (again,), depth = again.exceptions, depth + 1
    assert depth == 50
    assert str(again) == "the run failed with ExceptionGroup: outside"


def test_a_cause_leaves_its_text():
    error = StreamError("broken")
    error.__cause__ = OSError("the cable")
    assert read_error(write_error(error)).__notes__ == ["caused by OSError: the cable"]


def test_groups_come_back_with_their_errors():
    operation = OperationError("failed", operation=object())
    error = FlowError("two failed", [operation, ValueError("a")], results={"a": 1})
    again = read_error(write_error(error))
    assert isinstance(again, FlowError)
    assert again.message == "two failed"
    assert [repr(each) for each in again.exceptions] == [repr(operation), "ValueError('a')"]
    group = read_error(write_error(ExceptionGroup("many", [KeyError("k")])))
    assert repr(group) == "ExceptionGroup('many', [KeyError('k')])"


class Own(Exception):
    pass


class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no text")


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Own("why"), r"tests\.durable\.test_records\.Own: why"),
        (ExceptionGroup("g", [Own("why")]).exceptions[0], "Own: why"),
        (Mute(), r"Mute: \(its text"),
    ],
)
def test_an_error_that_cannot_be_made_again_is_told_by_its_name(error, says):
    with pytest.raises(StreamError, match=says):
        raise read_error(write_error(error))


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "{}",
        '{"module": "builtins", "class": "ValueError", "text": "x"}',
        '{"module": "lionpride_trio", "class": "StreamError", "text": "x", "state": {}}',
    ],
)
def test_a_damaged_error_is_an_error(text):
    assert isinstance(read_error(text), DecodeError)


@pytest.mark.parametrize(
    "name", ["exit", "eval", "SystemExit", "KeyboardInterrupt", "BaseException"]
)
def test_no_name_makes_anything_else_than_an_error(name):
    text = f'{{"module": "builtins", "class": "{name}", "text": "x", "args": []}}'
    assert isinstance(read_error(text), StreamError)


def test_what_items_add_up_to():
    assert response_of([]) is None
    assert response_of([1, None, {}]) is None
    assert response_of(["a", 1, "b"]).text == "ab"
    assert response_of(REPLY).verdict is Verdict.COMPLETE
