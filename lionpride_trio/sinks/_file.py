"""Sinks that write a file, which is whole or not there."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from .._checks import check_size
from .._chunks import Chunk
from ._common import Readable, Sink, failing_as, json_text, opened, shown, text_in
from ._draft import checked_target, open_draft

# Characters that some readers take for the end of a line (`str.splitlines`), or UTF-8 cannot encode.
_TO_BE_ESCAPED: Final = re.compile(r"[\x85\u2028\u2029\ud800-\udfff]")


def write_file(
    path: str | os.PathLike[str], *, index: int = 0, keep_partial: bool = True
) -> Sink[Path]:
    """Make a sink that writes the text to *path* in UTF-8; its result is the path.

    The text goes to a file of its own beside *path* (``.answer.txt.<random>.partial``), which takes
    the place of *path* in one step when the stream has ended well and all of it is on the disk.  So
    two sinks that write to one path do not disturb each other: the file of the last to end stays.  The new file has
    the mode of the old one.  A symbolic link at *path* is replaced, not followed.

    After a failure or a cancellation *path* is as it was, and the ``.partial`` file has the text so far; a
    note on the error says where it is.  No such file stays if there was no text, or *keep_partial* is
    false.

    Of alternative answers *index* is written.  Writing does not block the event loop.

    :raises ConfigurationError: *path* is a directory, or names no file.
    :raises SinkError: the file cannot be written.
    :raises TypeError: an item is no text; `json_lines` writes values.
    """
    check_size("write_file(): index", index, 0)

    def text(item: Any) -> str:
        if not isinstance(item, str | Chunk):
            raise TypeError(
                f"write_file writes text, not {shown(item)}; for values use sinks.json_lines(path)"
            )
        return text_in((item,), index)

    return _file_sink("write_file", path, text, keep_partial=keep_partial)


def json_lines(path: str | os.PathLike[str], *, keep_partial: bool = True) -> Sink[Path]:
    """Make a sink that writes each item to *path* as a line of JSON, in UTF-8; its result is the path.

    It takes the values of `json_values`, and all that ``json.dumps`` takes.  As with `write_file`, the file
    is whole or not there.

    :raises ConfigurationError: *path* is a directory, or names no file.
    :raises SinkError: the file cannot be written.
    :raises TypeError: an item is no JSON value, such as a chunk.
    :raises ValueError: an item holds NaN or an infinity, holds itself, or is nested too deeply.
    """
    return _file_sink("json_lines", path, _json_line, keep_partial=keep_partial)


def _json_line(item: Any) -> str:
    if isinstance(item, Chunk):
        raise TypeError(
            f"json_lines writes JSON values, not {shown(item)}: put text() before it for the text,"
            " or map_each(…) for a value that you make of each chunk"
        )
    line = json_text(item, "json_lines")
    return _TO_BE_ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", line) + "\n"


def _file_sink(
    sink: str,
    path: str | os.PathLike[str],
    text_of_item: Callable[[Any], str],
    *,
    keep_partial: bool,
) -> Sink[Path]:
    target = checked_target(sink, path)

    async def write(readable: Readable[Any]) -> Path:
        # The file first: where it cannot be written, no model is asked.
        async with (
            open_draft(sink, target, keep_partial=keep_partial) as draft,
            opened(readable) as channel,
        ):
            async for batch in channel.batches():
                texts: list[str] = []
                refused: Exception | None = None
                for item in batch:
                    try:
                        texts.append(text_of_item(item))
                    except (TypeError, ValueError) as error:
                        refused = error
                        break
                with failing_as(sink):
                    await draft.write("".join(texts))
                if refused is not None:
                    raise refused
        return target

    return write
