"""``write_file``: whole, or not there."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest
import trio

from lionpride_trio import (
    ConfigurationError,
    OtherChunk,
    SinkError,
    StreamTruncated,
    TextChunk,
    sinks,
    source,
)
from lionpride_trio.testing import check_sink
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import from_iterable, json_values, tap, tee


@source
async def cut():
    yield "half "
    yield "an answer"
    raise StreamTruncated("cut")


def partials(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.endswith(".partial")]


async def test_text_is_written_as_it_is(tmp_path):
    path = tmp_path / "out.txt"
    assert await sinks.write_file(path)(from_iterable(["a\r\nb\u2028", "ü\ud800"])) == path
    assert path.read_bytes() == "a\r\nb\u2028ü?".encode()
    assert list(tmp_path.iterdir()) == [path]


async def test_a_stream_without_text_makes_an_empty_file(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("the old one")
    await sinks.write_file(path)(from_iterable([OtherChunk(kind="citation")]))
    assert path.read_bytes() == b""
    assert list(tmp_path.iterdir()) == [path]


def test_it_keeps_the_laws_of_sinks(tmp_path):
    path = tmp_path / "out.txt"
    check_sink(
        sinks.write_file(path),
        left=lambda: path.read_bytes() if path.exists() else None,
        reset=lambda: path.unlink(missing_ok=True),
    )


# What stays of a stream that was cut


async def test_a_cut_answer_never_looks_whole_and_the_error_says_where_it_is(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("the old one")
    with pytest.raises(StreamTruncated) as caught:
        await sinks.write_file(path)(cut())
    assert path.read_text() == "the old one"
    (partial,) = partials(tmp_path)
    assert partial.read_text() == "half an answer"
    assert re.fullmatch(r"\.out\.txt\.[0-9a-f]{16}\.partial", partial.name)
    assert caught.value.__notes__ == [f"write_file: what came before is in {partial}"]


async def test_beside_another_reader_the_error_says_where_it_is_too(tmp_path):
    with pytest.raises(StreamTruncated) as caught:
        async with cut() | tee(sinks.write_file(tmp_path / "out.txt")) as channel:
            await sinks.drain(channel)
    assert caught.value.__notes__ == [f"write_file: what came before is in {partials(tmp_path)[0]}"]


async def test_a_cut_answer_can_be_thrown_away(tmp_path):
    with pytest.raises(StreamTruncated) as caught:
        await sinks.write_file(tmp_path / "out.txt", keep_partial=False)(cut())
    assert not hasattr(caught.value, "__notes__")
    assert list(tmp_path.iterdir()) == []


async def test_nothing_stays_of_a_stream_that_gave_nothing(tmp_path):
    @source
    async def refused():
        raise StreamTruncated("before the first word")
        yield

    with pytest.raises(StreamTruncated) as caught:
        await sinks.write_file(tmp_path / "out.txt")(refused())
    assert not hasattr(caught.value, "__notes__")
    assert list(tmp_path.iterdir()) == []


async def test_what_came_before_a_cancellation_stays(tmp_path):
    send, receive = trio.open_memory_channel[str](0)
    async with send, receive, trio.open_nursery() as nursery:
        nursery.start_soon(sinks.write_file(tmp_path / "out.txt"), receive)
        await send.send("one ")
        await send.send("two ")
        nursery.cancel_scope.cancel()
    (partial,) = tmp_path.iterdir()
    assert partial.read_text() == "one two "


async def test_what_was_received_when_the_cancellation_came_stays_too(tmp_path):
    with trio.CancelScope() as scope:
        items = from_iterable(["one ", "two"]) | tap(lambda _: scope.cancel())
        await sinks.write_file(tmp_path / "out.txt")(items)
    assert scope.cancelled_caught
    assert partials(tmp_path)[0].read_text() == "one two"


def test_cancelled_at_any_step_the_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "out.txt"

    async def program() -> None:
        path.unlink(missing_ok=True)
        finished = False
        try:
            await sinks.write_file(path)(from_iterable(["one ", "two"]))
            finished = True
        finally:
            assert path.exists() or not finished
            assert not path.exists() or path.read_text() == "one two"
            for partial in partials(tmp_path):
                assert partial.read_text() == "one two"
                partial.unlink()

    cancel_everywhere(program)


# Two writers, and what stands in the place already


async def test_two_writers_of_one_path_do_not_disturb_each_other(tmp_path):
    path = tmp_path / "answer.txt"
    first_began, second_ended = trio.Event(), trio.Event()

    @source
    async def first():
        yield "A1 "
        first_began.set()
        await second_ended.wait()
        yield "A2 "

    @source
    async def second():
        await first_began.wait()
        yield "B1 "

    async with trio.open_nursery() as nursery:
        nursery.start_soon(sinks.write_file(path), first())
        await sinks.write_file(path)(second())
        assert path.read_text() == "B1 "
        second_ended.set()
    assert path.read_text() == "A1 A2 "  # which ended last
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
async def test_the_mode_of_the_old_file_is_kept(tmp_path, mode):
    path = tmp_path / "out.txt"
    path.write_text("old")
    path.chmod(mode)
    await sinks.write_file(path)(from_iterable("new"))
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == mode


async def test_what_stays_of_a_private_file_is_private(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("old")
    path.chmod(0o600)
    with pytest.raises(StreamTruncated):
        await sinks.write_file(path)(cut())
    assert stat.S_IMODE(partials(tmp_path)[0].stat().st_mode) == 0o600


async def test_what_comes_of_a_private_file_was_never_open_to_others(tmp_path, monkeypatch):
    path = tmp_path / "out.txt"
    path.write_text("old")
    path.chmod(0o600)
    modes = []
    monkeypatch.setattr(os, "fchmod", lambda fd, _: modes.append(os.fstat(fd).st_mode & 0o077))
    await sinks.write_file(path)(from_iterable("new"))
    assert modes == [0]


async def test_a_new_file_has_the_mode_that_open_gives(tmp_path):
    before = os.umask(0o027)
    try:
        await sinks.write_file(tmp_path / "out.txt")(from_iterable("x"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.txt").stat().st_mode) == 0o640


async def test_a_symbolic_link_is_replaced_and_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    victim.chmod(0o600)
    path = tmp_path / "out"
    path.symlink_to(victim)
    await sinks.write_file(path)(from_iterable("x"))
    assert victim.read_text() == "precious"
    assert path.read_text() == "x"
    assert not path.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_the_longest_name_can_be_written(tmp_path):
    path = tmp_path / ("ü" * 127)
    await sinks.write_file(path)(from_iterable("x"))
    assert path.read_text() == "x"


# What cannot be written


@pytest.mark.parametrize("path", ["", ".", "..", "a/", "a/..", "a\0b", Path(), b""])
@pytest.mark.parametrize("sink", [sinks.write_file, sinks.json_lines])
def test_what_names_no_file_is_refused_when_it_is_written(sink, path):
    with pytest.raises(ConfigurationError, match=r"needs the path of a file, such as 'answer.txt'"):
        sink(path)


@pytest.mark.parametrize("sink", [sinks.write_file, sinks.json_lines])
def test_a_directory_is_refused_when_it_is_written(tmp_path, sink):
    (tmp_path / "link").symlink_to(tmp_path)
    for path in (tmp_path, str(tmp_path), tmp_path / "link"):
        with pytest.raises(ConfigurationError, match=r"is a directory: .*answer\.txt"):
            sink(path)
    assert {path.name for path in tmp_path.iterdir()} == {"link"}


def test_a_device_is_refused_when_it_is_written():
    with pytest.raises(ConfigurationError, match=r"no regular file: .* to_stream"):
        sinks.write_file(os.devnull)


def test_what_is_no_path_and_no_index_is_refused():
    with pytest.raises(ConfigurationError, match=r"needs the path of a file, .* not 3"):
        sinks.write_file(3)  # type: ignore[arg-type]
    for index in (-1, True, "0"):
        with pytest.raises(
            ConfigurationError, match=r"write_file\(\): index must be a whole number"
        ):
            sinks.write_file("out.txt", index=index)


async def test_a_missing_folder_is_told_before_the_stream_is_opened(tmp_path):
    opened = []

    @source
    async def counted():
        opened.append(1)
        yield "x"

    with pytest.raises(SinkError, match=r"[Nn]o such") as caught:
        await sinks.write_file(tmp_path / "none" / "out")(counted())
    assert caught.value.sink == "write_file"
    assert isinstance(caught.value.__cause__, OSError)
    assert opened == []


async def test_a_directory_that_came_later_is_a_sink_error(tmp_path):
    write = sinks.write_file(tmp_path / "out")
    (tmp_path / "out").mkdir()
    with pytest.raises(SinkError) as caught:
        await write(from_iterable("x"))
    assert "what came before is in" in caught.value.__notes__[0]


@pytest.mark.parametrize("value", [1, None, {"a": 1}, b"bytes", ["a"], ("label", "text")])
async def test_what_is_no_text_is_refused(tmp_path, value):
    write = sinks.write_file(tmp_path / "out.txt")
    with pytest.raises(TypeError, match=r"write_file writes text, not .*sinks\.json_lines\(path\)"):
        await write(from_iterable(["before", value, "after"]))
    assert partials(tmp_path)[0].read_text() == "before"


async def test_values_of_json_are_for_json_lines(tmp_path):
    with pytest.raises(TypeError, match="json_lines"):
        await sinks.write_file(tmp_path / "out")(from_iterable(['{"a": 1}']) | json_values())
    assert list(tmp_path.iterdir()) == []


async def test_one_of_the_alternative_answers_is_written(tmp_path):
    chunks = [TextChunk("Yes"), TextChunk("No", index=1), TextChunk(".")]
    await sinks.write_file(tmp_path / "0")(from_iterable(chunks))
    await sinks.write_file(tmp_path / "1", index=1)(from_iterable(chunks))
    assert (tmp_path / "0").read_text() == "Yes."
    assert (tmp_path / "1").read_text() == "No"
