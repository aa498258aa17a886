"""Terminal sinks: nothing of the model's text is obeyed, and no two streams share a line."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from lionpride_trio import ConfigurationError, TextChunk, sinks
from lionpride_trio.transformers import from_iterable, merge

NASTY = "a\x1b]0;title\x07b\x1b[2Jc\x9b31md\u202eevil\x7f\r\n\tend"


async def test_stdout_writes_and_flushes(capsys):
    assert await sinks.stdout(from_iterable([TextChunk("Hello "), TextChunk("you")])) == 9
    assert capsys.readouterr().out == "Hello you\n"


@given(st.lists(st.integers(0, len(NASTY))))
async def test_escape_sequences_are_harmless_however_they_are_cut(cuts):
    marks = [0, *sorted(cuts), len(NASTY)]
    out = io.StringIO()
    pieces = [NASTY[a:b] for a, b in pairwise(marks)]
    await sinks.to_stream(out)(from_iterable(pieces))
    shown = out.getvalue()
    assert shown.startswith("a\\x1b]0;title\\x07b\\x1b[2Jc\\x9b31md\\x202eevil\\x7f")
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x7f", "\r"} & set(shown)
    assert shown.endswith("\n\tend\n")


async def test_dots_count_items():
    out = io.StringIO()
    assert await sinks.dots(3, stream=out)(from_iterable(range(10))) == 10
    assert out.getvalue() == "...\n"
    with pytest.raises(ConfigurationError):
        sinks.dots(0)


async def test_progress_shows_the_last_state_where_there_is_no_terminal():
    out = io.StringIO()
    assert await sinks.progress(label="x\x1b", stream=out)(from_iterable(["ab", "c"])) == 2
    assert out.getvalue() == "x\\x1b: 2 items, 3 characters\n"


async def test_labelled_never_mixes_two_streams_on_a_line():
    out = io.StringIO()
    streams = {
        "a": from_iterable(["on", "e\ntw", "o\nrest"]),
        "b": from_iterable(["un\n", "de", "ux\n"]),
    }
    assert await sinks.labelled(stream=out, width=5)(merge(streams)) == 5
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("[a]")] == [
        "[a]   one",
        "[a]   two",
        "[a]   rest",
    ]
    assert [line for line in lines if line.startswith("[b]")] == ["[b]   un", "[b]   deux"]
