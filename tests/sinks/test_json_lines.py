"""``json_lines``: one JSON value on each line of a file that is whole or not there."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, strategies as st

from lionpride_trio import SinkError, TextChunk, sinks
from lionpride_trio.testing import check_sink
from lionpride_trio.transformers import from_iterable, json_values

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)  # fmt: skip


async def test_values_are_lines(tmp_path):
    path = tmp_path / "out.jsonl"
    text = from_iterable(['{"a": 1} [2, ', '"ü"] 12345678901234567890123 '])
    assert await sinks.json_lines(path)(text | json_values()) == path
    assert path.read_text("utf-8") == '{"a": 1}\n[2, "ü"]\n12345678901234567890123\n'
    assert list(tmp_path.iterdir()) == [path]


@given(st.lists(JSON | st.text(st.characters(categories=["Cs", "Zl", "Zp", "Cc"]))))
async def test_each_line_is_its_value(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("lines") / "out.jsonl"
    await sinks.json_lines(path)(from_iterable(values))
    lines = path.read_text("utf-8").splitlines()
    # JSON cannot tell two halves of a character from the character.
    assert [json.loads(line) for line in lines] == json.loads(json.dumps(values))


def test_it_keeps_the_laws_of_sinks(tmp_path):
    path = tmp_path / "out.jsonl"
    check_sink(
        sinks.json_lines(path),
        left=lambda: path.read_bytes() if path.exists() else None,
        reset=lambda: path.unlink(missing_ok=True),
    )


LOOP: list[object] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "kind", "told"),
    [
        (math.nan, ValueError, "cannot write nan"),
        ({"a": [1.0, -math.inf]}, ValueError, r"cannot write \{'a': \[1.0, -inf\]\}"),
        (LOOP, ValueError, "Circular"),
        ({1, 2}, TypeError, r"cannot write \{1, 2\}: .*set"),
        ({(1, 2): 3}, TypeError, "keys must be"),
        (b"bytes", TypeError, "bytes"),
        (TextChunk("hi"), TypeError, r"json_lines writes JSON values, not TextChunk.*put text\(\)"),
    ],
)
async def test_what_is_no_json_is_refused_and_named(tmp_path, value, kind, told):
    path = tmp_path / "out.jsonl"
    with pytest.raises(kind, match=told) as caught:
        await sinks.json_lines(path)(from_iterable([{"before": 1}, value]))
    assert not path.exists()
    (partial,) = tmp_path.iterdir()
    assert partial.read_text() == '{"before": 1}\n'
    assert str(partial) in caught.value.__notes__[0]


async def test_a_failure_of_the_file_names_the_sink(tmp_path):
    with pytest.raises(SinkError) as caught:
        await sinks.json_lines(tmp_path / "none" / "out.jsonl")(from_iterable([1]))
    assert caught.value.sink == "json_lines"
