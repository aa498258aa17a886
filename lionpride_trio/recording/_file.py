"""A recording as a whole: the calls of one file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import attrs

from .._errors import ConfigurationError
from ._call import RecordedCall
from ._format import header
from ._reading import read_calls


@attrs.frozen
class Recording:
    """A recorded conversation with a server.  `Recording.load` reads one."""

    calls: tuple[RecordedCall, ...]
    """The calls, in the order of their requests."""
    path: str = ""
    """The file that it was read from."""

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Recording:
        """Read a recording.  Blocks for the time of reading a file.

        Calls come in the order of their requests.  Those of a program that was killed have what
        came until then, and end as ``cut``.

        :raises ConfigurationError: there is none, or it is damaged; names the line.
        """
        try:
            *lines, last = Path(path).read_bytes().split(b"\n")
            if _is_json(last):
                lines.append(last)
            text = [line.decode("utf-8") for line in lines]
        except (OSError, UnicodeError) as error:
            raise ConfigurationError(f"{path} cannot be read as a recording: {error}") from error
        return cls(tuple(read_calls(str(path), text)), str(path))

    def text(self) -> str:
        """The recording as it stands in a file."""
        numbered = enumerate(self.calls, 1)
        lines = [header(), *(line for number, call in numbered for line in call.lines(number))]
        return "".join(lines)


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
