"""JSON is read as browsers read it."""

from __future__ import annotations

import pytest

from lionpride_trio.web._strict_json import read_json


def test_json_is_read():
    assert read_json(b'{"a": [1, 2.5e3, null, "NaN"]}') == {"a": [1, 2500.0, None, "NaN"]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[NaN]", "NaN is no number"),
        ("-Infinity", "-Infinity is no number"),
        ('{"a": 1e999}', "1e999 is no number"),
        ("[" * 100_000, "nested too deep"),
        ("{", "Expecting"),
    ],
)
def test_what_is_none_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        read_json(text)
