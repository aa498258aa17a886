"""Terminal sinks: nothing of the model's text is obeyed, and no two streams share a line."""

from __future__ import annotations

import ast
import io
from functools import partial
from itertools import pairwise

import pytest
import trio
from hypothesis import given, strategies as st
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import ConfigurationError, StreamTruncated, TextChunk, sinks, source
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
    assert shown.startswith("a\\x1b]0;title\\x07b\\x1b[2Jc\\x9b31md\\u202eevil\\x7f")
    assert not {"\x1b", "\x07", "\x9b", "\u202e", "\x7f", "\r"} & set(shown)
    assert shown.endswith("\n\tend\n")


HIDDEN = [
    *range(0x20),
    *range(0x7F, 0xA0),
    *[0x61C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF],
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
]


@pytest.mark.parametrize("code", [code for code in HIDDEN if chr(code) not in "\n\t"])
async def test_what_steers_or_hides_is_written_as_its_escape(code):
    out = io.StringIO()
    await sinks.to_stream(out, end="")(from_iterable([f"a{chr(code)}b"]))
    assert out.getvalue().isprintable()
    assert ast.literal_eval(f"'{out.getvalue()}'") == f"a{chr(code)}b"
    assert len(out.getvalue()) == 2 + (4 if code < 0x100 else 6 if code < 0x10000 else 10)


@pytest.mark.parametrize("text", ["می‌خواهم", "👩‍👩‍👧", "❤️", "naïve\u00ad", "漢字", "\n\t\u00a0"])
async def test_what_languages_and_emoji_need_is_written_as_it_is(text):
    out = io.StringIO()
    await sinks.to_stream(out, end="")(from_iterable([text]))
    assert out.getvalue() == text


async def test_one_of_the_alternative_answers_is_written(capsys):
    chunks = [TextChunk("Yes"), TextChunk("No", index=1), TextChunk(".")]
    assert await sinks.stdout(from_iterable(chunks)) == 4
    assert await sinks.stdout(from_iterable(chunks), index=1) == 2
    assert capsys.readouterr().out == "Yes.\nNo\n"
    out = io.StringIO()
    await sinks.labelled(stream=out)(merge({"a": from_iterable(chunks)}))
    await sinks.labelled(stream=out, index=1)(merge({"a": from_iterable(chunks)}))
    assert out.getvalue() == "[a] Yes.\n[a] No\n"


async def test_dots_count_items():
    out = io.StringIO()
    assert await sinks.dots(3, stream=out)(from_iterable(range(10))) == 10
    assert out.getvalue() == "...\n"


@pytest.mark.parametrize("number", [-1, True, 1.0, "1"])
def test_a_wrong_number_is_refused_when_it_is_written(number):
    for sink, name in [
        (sinks.dots, "every"),
        (sinks.labelled, "width"),
        (sinks.labelled, "index"),
        (partial(sinks.to_stream, io.StringIO()), "index"),
        (sinks.progress, "total"),
    ]:
        with pytest.raises(
            ConfigurationError, match=f"{name} must be a whole number of at least .,"
        ):
            sink(**{name: number})


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


@source
async def cut():
    yield "one\nhalf"
    raise StreamTruncated("cut")


@pytest.mark.parametrize("item", ["ab", TextChunk("b"), ("a", "b", "c"), ["a", "b"]], ids=repr)
async def test_labelled_says_that_it_reads_a_merge(item):
    out = io.StringIO()
    with pytest.raises(TypeError, match=r"labelled\(\) reads merge\(…\)"):
        await sinks.labelled(stream=out)(from_iterable([("a", "one\ntwo"), item]))
    assert out.getvalue() == "[a] one\n[a] two\n"


async def test_labelled_shows_what_came_before_a_failure():
    out = io.StringIO()
    with pytest.raises(StreamTruncated):
        await sinks.labelled(stream=out)(merge({"a": cut()}))
    assert out.getvalue() == "[a] one\n[a] half\n"


async def test_labelled_shows_what_came_before_a_cancellation():
    out = io.StringIO()
    came = trio.Event()

    @source
    async def stuck():
        yield "half"
        came.set()
        await trio.sleep_forever()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(sinks.labelled(stream=out), merge({"a": stuck()}))
        await came.wait()
        await wait_all_tasks_blocked()
        nursery.cancel_scope.cancel()
    assert out.getvalue() == "[a] half\n"
