"""A JSON document used before it is whole, held to `json.loads`."""

import json
import sys

import pytest
from hypothesis import example, given, strategies as st

from lionpride_trio import DecodeError, LimitExceeded
from lionpride_trio.stages import JSONEvent, PartialJSON
from tests.stages.cutting import cut, made_of, outcome, run

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
DOCUMENTS = st.builds(
    lambda value, ascii_only, indent: json.dumps(value, ensure_ascii=ascii_only, indent=indent),
    VALUES,
    st.booleans(),
    st.sampled_from([None, 1]),
)


def read(pieces, **options):
    machine = PartialJSON(**options)
    events = run(machine, pieces)
    return machine.value, events


@given(cut(DOCUMENTS))
def test_the_final_value_is_that_of_json_loads(text_and_pieces):
    text, pieces = text_and_pieces
    for cutting in ([text], pieces, text):
        assert read(cutting)[0] == json.loads(text)


@given(
    made_of(
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        '"',
        '"a"',
        "1",
        "0",
        "-",
        ".",
        "e",
        "+",
        "true",
        "nul",
        "null",
        "NaN",
        "Infinity",
        "\\n",
        "\\",
        "\\ud83d",
        "\\ude00",
        "\\u00e",
        " ",
        "\n",
        "\x0b",
    )
)
@example("")
@example("-Infinity")
@example("\ufeff1")
@example('"\x7f\u2028"')
def test_it_takes_what_json_loads_takes(text):
    try:
        expected = repr(json.loads(text))
    except ValueError:
        with pytest.raises(DecodeError):
            read([text])
    else:
        assert repr(read([text])[0]) == expected


@given(cut(DOCUMENTS))
def test_the_events_add_up_to_the_value(text_and_pieces):
    _, pieces = text_and_pieces
    value, events = read(pieces)
    root = {}
    appended = {}

    def put(path, what):
        place = root
        for step in ("root", *path)[:-1]:
            place = place[step]
        last = ("root", *path)[-1]
        if isinstance(place, list):
            assert last in {len(place), len(place) - 1}
            place[last:] = [what]
        else:
            place[last] = what

    for event in events:
        match event.kind:
            case "start":
                put(event.path, event.value)
                appended[event.path] = ""
            case "append":
                assert event.value
                appended[event.path] += event.value
                put(event.path, appended[event.path])
            case "value":
                put(event.path, event.value)
            case "end":
                if isinstance(event.value, str):
                    assert appended[event.path] == event.value
    assert root["root"] == value


def test_the_events_of_a_document():
    machine = PartialJSON()
    assert list(machine.feed('{"title": "Li')) == [
        JSONEvent((), "start", {}),
        JSONEvent(("title",), "start", ""),
        JSONEvent(("title",), "append", "Li"),
    ]
    assert machine.value == {"title": "Li"}
    assert list(machine.feed('on", "n": [1')) == [
        JSONEvent(("title",), "append", "on"),
        JSONEvent(("title",), "end", "Lion"),
        JSONEvent(("n",), "start", []),
    ]
    assert machine.value == {"title": "Lion", "n": []}
    assert list(machine.feed("2, true")) == [
        JSONEvent(("n", 0), "value", 12),
        JSONEvent(("n", 1), "value", True),
    ]
    assert not machine.complete
    assert list(machine.feed("]}\n")) == [
        JSONEvent(("n",), "end", [12, True]),
        JSONEvent((), "end", {"title": "Lion", "n": [12, True]}),
    ]
    assert machine.complete
    assert list(machine.flush()) == []


ESCAPES = r'["\ud83d\ude00 \u00e9 \n \" \\ \/ \ud83d \ude00 \ud83d\n \ud83d\ud83d\ude00"]'


@pytest.mark.parametrize("place", range(len(ESCAPES)))
def test_escapes_may_be_cut_anywhere_and_no_half_is_shown(place):
    expected = json.loads(ESCAPES)
    machine = PartialJSON()
    machine.feed(ESCAPES[:place])
    if machine.value:
        assert expected[0].startswith(machine.value[0])
    machine.feed(ESCAPES[place:])
    assert machine.value == expected
    machine = PartialJSON()
    for char in ESCAPES:
        machine.feed(char)
        assert not machine.value or expected[0].startswith(machine.value[0])


@pytest.mark.parametrize("number", ["-12.5e+3", "1234", "0.5", "-0", "true", "null", "-Infinity"])
def test_numbers_and_words_show_themselves_only_when_they_are_whole(number):
    machine = PartialJSON()
    machine.feed('{"a": ')
    for char in number[:-1]:
        assert list(machine.feed(char)) == []
        assert machine.value == {}
    machine.feed(number[-1] + " ")
    assert repr(machine.value) == repr({"a": json.loads(number)})


def test_a_number_alone_ends_with_the_text():
    machine = PartialJSON()
    assert list(machine.feed(" 12")) == []
    assert (machine.value, machine.complete) == (None, False)
    assert list(machine.flush()) == [JSONEvent((), "value", 12)]
    assert (machine.value, machine.complete) == (12, True)


def test_of_equal_keys_the_last_wins():
    assert read('{"a": {"b": 1}, "c": 2, "a": "x"}')[0] == {"a": "x", "c": 2}


def test_large_integers_are_exact():
    digits = "987654321" * 667
    limit = sys.get_int_max_str_digits()
    try:
        sys.set_int_max_str_digits(0)
        expected = int(digits)
    finally:
        sys.set_int_max_str_digits(limit)
    for pieces in (
        [f"[{digits}, -{digits}, 9007199254740993]"],
        f"[{digits}, -{digits}, 9007199254740993]",
    ):
        assert read(pieces)[0] == [expected, -expected, 2**53 + 1]


def test_a_megabyte_fed_a_character_at_a_time():
    text = json.dumps({"a": ["x" * 40] * 5_000, "b": "y\n" * 250_000, "c": list(range(20_000))})
    assert len(text) > 1_000_000
    machine = PartialJSON()
    for char in text:
        machine.feed(char)
    machine.flush()
    assert machine.value == json.loads(text)


def test_the_value_may_be_looked_at_any_time():
    machine = PartialJSON()
    live = None
    for char in '{"a": ["abc", "d"]}':
        machine.feed(char)
        live = machine.value
    assert live == {"a": ["abc", "d"]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1,]", "character 3: '\\]' where a value is expected"),
        ("{1", "character 1: '1' where a key in double quotes or } is expected"),
        ('{"a" 1', "character 5: '1' where a colon is expected"),
        ('{"a": 1]', "character 7: '\\]' where a comma or } is expected"),
        ("[1 2", "character 3: '2' where a comma or \\] is expected"),
        ("[01]", "character 1: '01' is no number"),
        ("[-]", "character 1: '-' is no number"),
        ("trux", "character 3: 'x' where true is expected"),
        ('"a\nb', r"character 2: '\\n' where an escape for a control character"),
        (r'"\x', "character 2: 'x' where an escape is expected"),
        (r'"\u12g', "character 5: 'g' where a hexadecimal digit is expected"),
        ("{} x", "character 3: 'x' where nothing more is expected"),
        ("'a'", 'character 0: "\'" where a value is expected'),
    ],
)
def test_errors_tell_the_place(text, message):
    for pieces in ([text], text):
        with pytest.raises(DecodeError, match=message):
            read(pieces)


def test_what_came_before_an_error_is_given_first():
    machine = PartialJSON()
    assert list(machine.feed('["ab\n')) == [
        JSONEvent((), "start", []),
        JSONEvent((0,), "start", ""),
        JSONEvent((0,), "append", "ab"),
    ]
    for _ in range(2):
        with pytest.raises(DecodeError):
            machine.flush()


@pytest.mark.parametrize("text", ["", " ", '{"a": 1', '["abc', "[12", "tru", "-", '"\\ud83d'])
def test_a_document_that_was_cut_off_is_an_error_unless_allowed(text):
    with pytest.raises(DecodeError, match=r"is cut off after|is no number"):
        read([text])
    machine = PartialJSON(allow_partial=True)
    run(machine, [text])
    assert not machine.complete


def test_the_part_of_a_document_that_was_cut_off():
    assert read(['{"a": "xy', "z", '", "b": [1, 2'], allow_partial=True)[0] == {
        "a": "xyz",
        "b": [1],
    }
    assert read(['["ab\\n\\u00'], allow_partial=True)[0] == ["ab\n"]


def test_depth_is_bounded():
    assert read(["[" * 256 + "]" * 256])
    for pieces in (["[" * 257], '{"a":' * 257):
        _, error = outcome(PartialJSON(), pieces)
        assert error == (LimitExceeded, "JSON nested more than 256 levels deep")


def test_keys_and_numbers_are_bounded():
    _, error = outcome(PartialJSON(max_hold=5), ['{"abcdef'])
    assert error == (LimitExceeded, "a key is longer than max_hold=5 characters")
    _, error = outcome(PartialJSON(), ["1" * 60_000] * 2)
    assert error == (LimitExceeded, "a number is longer than json_digits=100000 characters")
