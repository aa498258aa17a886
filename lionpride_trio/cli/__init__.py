"""The command line: ``demo``, ``chat`` and ``serve``.

Exit codes: 0 when all went well, 1 when something failed, 2 when the command or a setting is wrong,
130 when Ctrl-C broke it off.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO

from .._errors import ConfigurationError


def main(tokens: Sequence[str] | None = None) -> int:
    """Run the command that *tokens* (by default the process's arguments) say."""
    try:
        from ._commands import app
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in {"cyclopts", "rich"}:
            raise
        needed = f"the command line needs {missing}: pip install 'lionpride_trio[cli]'"
        print(needed, file=sys.stderr)
        return 1
    except ConfigurationError as error:  # the embedded server misses its part of the extra
        print(error, file=sys.stderr)
        return 1
    stdout: TextIO = sys.stdout
    if isinstance(stdout, io.TextIOWrapper):
        # A terminal or pipe that has not all of Unicode shows escapes rather than a traceback.
        stdout.reconfigure(errors="backslashreplace")
    try:
        code: Any = app(tokens, result_action="return_int_as_exit_code_else_zero")
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BaseExceptionGroup as group:
        # Ctrl-C may strike inside a nursery.
        if group.split(KeyboardInterrupt)[1] is None:
            return 130
        raise
    except BrokenPipeError:
        # Whoever read our output has gone; Python's own flush at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return int(code)


__all__ = ["main"]
