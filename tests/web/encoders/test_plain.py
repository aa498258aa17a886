"""Values as JSON that a browser reads."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

import attrs
import pytest

from lionpride_trio import File, Image, Response, TextPart, Usage, Verdict
from lionpride_trio.web.encoders._plain import dump, media_url, plain


class Colour(enum.Enum):
    RED = "red"


class Many(int):
    pass


@dataclass
class Point:
    x: float
    when: date


@attrs.frozen
class Line:
    start: Point
    names: frozenset[str]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Colour.RED, "red"),
        (Many(3), 3),
        (float("nan"), None),
        ({1: (2, 3), Colour.RED: b"\x00"}, {"1": [2, 3], "red": "AA=="}),
        (PurePosixPath("a/b"), "a/b"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00+00:00"),
        (Line(Point(1.5, date(2026, 1, 2)), frozenset(["a"])),
         {"start": {"x": 1.5, "when": "2026-01-02"}, "names": ["a"]}),
        ([TextPart("a"), Image("https://a.b/c")],
         [{"type": "text", "text": "a"},
          {"type": "file", "mediaType": "application/octet-stream", "url": "https://a.b/c"}]),
        (File(b"x", name="a.txt"),
         {"type": "file", "mediaType": "text/plain", "url": "data:text/plain;base64,eA==", "filename": "a.txt"}),
    ],
)  # fmt: skip
def test_values_become_plain_data(value, expected):
    assert plain(value) == expected
    assert json.loads(dump(plain(value))) == expected


def test_a_response_is_its_fields():
    told = plain(Response(text="a", usage=Usage(1), verdict=Verdict.COMPLETE))
    assert (told["text"], told["verdict"]) == ("a", "complete")
    assert told["usage"]["input_tokens"] == 1


def test_what_json_has_no_word_for_is_refused_with_what_to_write():
    with pytest.raises(TypeError, match=r"cannot be sent <object object .*map_each\(…\)"):
        plain({"a": object()})


def test_a_file_that_was_not_read_is_refused():
    with pytest.raises(TypeError, match="a file that was not read: give its bytes"):
        media_url(Image("a.png"))


def test_a_class_whose_name_python_could_not_write_is_refused():
    page = attrs.make_class("Page", ["number"])
    page.__name__ = page.__qualname__ = "Page[int]"
    with pytest.raises(TypeError, match="a name that Python could not write"):
        plain(page(1))
