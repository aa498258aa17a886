"""`to_json` and `from_json` are the identity, and damage is told with its place."""

from __future__ import annotations

import json

import attrs
import pytest
from hypothesis import given

from lionpride_trio import (
    Chunk,
    DecodeError,
    OtherChunk,
    Response,
    TextChunk,
    ToolCall,
    Verdict,
    from_json,
)
from tests.chunks.making import chunks, responses


def same(one, other):
    """Equal in every field and type; NaN, which equals nothing, included."""
    return type(one) is type(other) and repr(attrs.asdict(one)) == repr(attrs.asdict(other))


@given(chunks)
def test_every_chunk_comes_back(chunk):
    text = chunk.to_json()
    assert text.isascii()
    assert len(text.splitlines()) == 1
    assert same(from_json(text), chunk)


@given(responses)
def test_every_response_comes_back(response):
    assert same(from_json(response.to_json()), response)


@given(chunks)
def test_what_is_written_is_json_of_every_reader(chunk):
    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    json.loads(chunk.to_json(), parse_constant=refuse)


def test_the_form_is_what_it_is_documented_to_be():
    assert json.loads(TextChunk("Hel", raw_response={"$a": (1,)}).to_json()) == {
        "lionpride_trio": 1,
        "$": "TextChunk",
        "data": "Hel",
        "raw_response": {"$map": [["$a", {"$tuple": [1]}]]},
    }


def test_what_is_read_is_as_read_only_as_it_was():
    chunk = from_json(TextChunk("a", metadata={"id": "1"}).to_json())
    with pytest.raises(TypeError, match="read-only"):
        chunk.metadata["id"] = "2"


@pytest.mark.parametrize(
    "number", [10**5000, -(10**4300), 2**2048, 1 - 2**2048], ids=int.bit_length
)
def test_numbers_of_more_digits_than_python_reads_come_back(number):
    assert from_json(OtherChunk(value=[number]).to_json()).value[0] - number == 0


def test_the_deepest_json_of_a_provider_comes_back():
    value: list = []
    for _ in range(255):
        value = [value]
    assert from_json(OtherChunk(value=value, raw_response=value).to_json()).value == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Expecting value"),
        ("[1", "line 1 column 3"),
        ("[" * 100_000, "cannot read"),
        ("3", "no document"),
        ('{"$": "TextChunk"}', "no document"),
        ('{"lionpride_trio": 2, "$": "TextChunk"}', "version 2"),
        ('{"lionpride_trio": 1, "$": "Chunks"}', "unknown class 'Chunks'"),
        ('{"lionpride_trio": 1, "$": ["a"]}', "unknown class"),
        ('{"lionpride_trio": 1, "$": "TextChunk", "data": 3}', r"at \$ stands .* data=3"),
        ('{"lionpride_trio": 1, "$": "TextChunk", "dat": ""}', "dat=''"),
        ('{"lionpride_trio": 1, "$": "TextChunk", "index": true}', "index=True"),
        ('{"lionpride_trio": 1, "$": "ToolCall", "id": "a"}', "missing"),
        ('{"lionpride_trio": 1, "$": "Verdict", "value": "end"}', "'end' is not a valid Verdict"),
        (
            '{"lionpride_trio": 1, "$": "TextChunk", "raw_response": [{"$int": "z"}]}',
            r"at \$\.raw_response\[0\]",
        ),
        ('{"lionpride_trio": 1, "$": "TextChunk", "raw_response": {"$new": 1}}', r"unknown \$new"),
    ],
)
def test_damage_is_told_with_its_place(text, words):
    with pytest.raises(DecodeError, match=words) as caught:
        from_json(text)
    assert caught.value.line is not None
    assert text.startswith(caught.value.line[:20])


def test_damage_deep_inside_is_told_with_its_place():
    text = Response(tool_calls=(ToolCall("a", "f", "{}"),)).to_json().replace('"f"', "5")
    with pytest.raises(DecodeError, match=r"\$\.tool_calls\.\$tuple\[0\] .* name=5"):
        from_json(text)


def test_what_is_no_text_is_refused():
    with pytest.raises(TypeError, match="takes the str"):
        from_json(b"{}")


@pytest.mark.parametrize(
    ("value", "words"),
    [({"a": [{1}]}, r"OtherChunk\.value\['a'\]\[0\]"), (Chunk, "plain data")],
)
def test_what_json_cannot_say_is_refused_with_its_place(value, words):
    with pytest.raises(TypeError, match=words):
        OtherChunk(value=value).to_json()


def test_a_circle_is_refused():
    value: list = []
    value.append(value)
    with pytest.raises(TypeError, match="nested too deep"):
        OtherChunk(value=value).to_json()


def test_a_class_of_ones_own_is_refused():
    class Mine(Chunk):
        pass

    with pytest.raises(TypeError, match="Mine"):
        Mine("a").to_json()


def test_an_enumeration_comes_back_as_itself():
    assert from_json(OtherChunk(value=Verdict.LENGTH).to_json()).value is Verdict.LENGTH
