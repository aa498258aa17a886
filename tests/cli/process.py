"""The command line as a process of its own."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

PYTHON = [sys.executable, "-W", "error", "-m", "lionpride_trio"]
ROOT = Path(__file__).parents[2]
KEYS = re.compile(r"(OPENAI|ANTHROPIC|GEMINI|GOOGLE|GROQ|OPENROUTER|OLLAMA)_")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A run in the background of a shell ignores Ctrl-C, and what it starts would too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def environment():
    """This process's environment, without keys and addresses of providers.

    Output is buffered, as it is for a user: what is left in the buffer makes trouble at the exit.
    """
    kept = {name: value for name, value in os.environ.items() if not KEYS.match(name)}
    for name in ("PYTHONUNBUFFERED", "COLUMNS", "LINES"):  # the latter overrule a terminal's size
        kept.pop(name, None)
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def start(*arguments, **settings):
    """Start a command; its streams are pipes, unless *settings* say otherwise."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(
        [*PYTHON, *arguments],
        env=environment(),
        **(pipes | settings),
    )


def run(*arguments, given=b""):
    """Run a command to its end: its exit status, output and errors."""
    with start(*arguments) as process:
        out, err = process.communicate(given)
    return process.returncode, out.decode(), err.decode()
