"""``write_file``: whole, or not there."""

from __future__ import annotations

import pytest
import trio

from lionpride_trio import SinkError, StreamTruncated, sinks, source
from lionpride_trio.testing._cancelling import cancel_everywhere
from lionpride_trio.transformers import from_iterable


@source
async def cut():
    yield "half "
    yield "an answer"
    raise StreamTruncated("cut")


async def test_text_is_written_as_it_is(tmp_path):
    path = tmp_path / "out.txt"
    assert await sinks.write_file(path)(from_iterable(["a\r\nb\u2028", "ü\ud800"])) == path
    assert path.read_bytes() == "a\r\nb\u2028ü?".encode()
    assert list(tmp_path.iterdir()) == [path]


async def test_a_cut_answer_never_looks_whole(tmp_path):
    path = tmp_path / "out.txt"
    path.write_text("the old one")
    with pytest.raises(StreamTruncated):
        await sinks.write_file(path)(cut())
    assert path.read_text() == "the old one"
    assert (tmp_path / "out.txt.partial").read_text() == "half an answer"


def test_cancelled_at_any_step_the_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "out.txt"

    async def program() -> None:
        path.unlink(missing_ok=True)
        try:
            await sinks.write_file(path)(from_iterable(["one ", "two"]))
        finally:
            assert not path.exists() or path.read_text() == "one two"

    cancel_everywhere(program)


async def test_a_symbolic_link_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "out.partial").symlink_to(victim)
    with pytest.raises(SinkError) as caught:
        await sinks.write_file(tmp_path / "out")(from_iterable("x"))
    assert caught.value.sink == "write_file"
    assert isinstance(caught.value.__cause__, OSError)
    assert victim.read_text() == "precious"


async def test_a_missing_folder_is_a_sink_error(tmp_path):
    with pytest.raises(SinkError, match=r"[Nn]o such"):
        await sinks.write_file(tmp_path / "none" / "out")(from_iterable("x"))
    await trio.lowlevel.checkpoint()
