"""The command line: ``ask``, ``chat``, ``demo``, ``serve``, ``flow``, ``record``, ``replay``.

Exit statuses: 0 when all went well, 1 when something failed, 2 when the command or a setting is wrong,
3 when an answer is not whole, 130 when Ctrl-C broke it off, 141 when whoever read the output has gone.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Final, TextIO

from .._errors import ConfigurationError

INTERRUPTED: Final = 130
NO_READER: Final = 141
"""What a shell says of a program that SIGPIPE ended."""
_EXTRA: Final = {"cyclopts", "prompt_toolkit", "rich"}


def main(tokens: Sequence[str] | None = None) -> int:
    """Run the command that *tokens* (by default the process's arguments) say; the exit status."""
    if not _have_streams():
        return 1
    try:
        from ._commands import run

        status = run(tokens)
        sys.stdout.flush()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _EXTRA:
            raise
        needed = f"the command line needs {missing}: pip install 'lionpride_trio[cli]'"
        print(needed, file=sys.stderr)
        return 1
    except ConfigurationError as error:  # the embedded server misses its part of the extra
        print(error, file=sys.stderr)
        return 1
    except BaseException as error:
        if _is_all(error, KeyboardInterrupt):
            return INTERRUPTED
        if _is_all(error, BrokenPipeError):
            # Python's own flush at exit must not fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return NO_READER
        raise
    return status


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
            # A terminal or pipe that has not all of Unicode shows escapes rather than a traceback.
            stream.reconfigure(errors="backslashreplace")
    return True


def _is_all(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether *error* is of that kind and nothing else: either may strike inside a nursery."""
    if isinstance(error, BaseExceptionGroup):
        return error.split(kind)[1] is None
    return isinstance(error, kind)


__all__ = ["main"]
