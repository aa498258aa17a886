"""The command line: ``ask``, ``chat``, ``demo``, ``serve``, ``web``, ``flow``, ``record``, ``replay``.

Exit statuses: 0 when all went well, 1 when something failed, 2 when the command or a setting is wrong,
3 when an answer is not whole, 130 when Ctrl-C broke it off, 141 when whoever read the output has gone.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Sequence
from typing import Final, TextIO

INTERRUPTED: Final = 130
NO_READER: Final = 141
"""The status that a shell gives a program that SIGPIPE ended."""
_EXTRA: Final = {"cyclopts", "prompt_toolkit", "rich"}


def main(tokens: Sequence[str] | None = None) -> int:
    """Run the command that *tokens* (by default the process's arguments) say; the exit status."""
    if not _have_streams():
        return 1
    try:
        from ._commands import run

        return run(tokens)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        needed = f"the command line needs {missing}: pip install 'lionpride_trio[cli]'"
        print(needed, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_has_gone()
    except BaseExceptionGroup as group:
        # Either may strike inside a nursery.
        if group.split(KeyboardInterrupt)[1] is None:
            return INTERRUPTED
        if group.split(BrokenPipeError)[1] is None:
            return _reader_has_gone()
        raise


def _reader_has_gone() -> int:
    from ._screen import settle_output

    settle_output()
    return NO_READER


def _have_streams() -> bool:
    """Put an empty file in the place of a stream that was closed before the start.

    Python has None for it, and its number would be the next file's or connection's, which then
    gets what others write to it.  Without an output there is nothing to be done: False.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream: TextIO | None = getattr(sys, name)
        if stream is None:
            if number == 1:
                return False
            null = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(null, "w" if number else "r", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that has not all of Unicode shows other signs and escapes rather than a traceback.
            stream.reconfigure(errors=_SIGNS)
    return True


def _replace_signs(error: UnicodeError) -> tuple[str, int]:
    from ._signs import replace_signs  # nearly no stream needs it

    return replace_signs(error)


_SIGNS: Final = "lionpride_trio.signs"
codecs.register_error(_SIGNS, _replace_signs)


__all__ = ["main"]
