"""A real terminal for tests: a pane of tmux, in which one command runs."""

import os
import re
import shlex
import shutil
import subprocess
import termios

import pytest
import trio

from tests.cli.process import PYTHON, environment

needs_tmux = pytest.mark.skipif(
    shutil.which("tmux") is None,
    reason="screens are looked at in tmux, which is not installed (apt-get install tmux)",
)

LOOKS = 1500
"""How often a screen is looked at before it is given up: half a minute; it takes a hundredth of that."""


class Terminal:
    """A tmux server of its own with one pane, in which a command of this package runs."""

    def __init__(self, socket, *command, width, height=60):
        self._tmux = ["tmux", "-S", str(socket), "-f", "/dev/null", "-u"]
        self._pid = socket.with_name(f"{socket.name}.pid")
        inner = f"echo $$ > {shlex.quote(str(self._pid))}; exec {shlex.join([*PYTHON, *command])}"
        # Ctrl-C reaches the shell too, which is to go on and tell the status.
        line = f"trap : INT; sh -c {shlex.quote(inner)}; echo status=$?; exec cat"
        size = ["-x", str(width), "-y", str(height)]
        self._run("new-session", "-d", *size, "sh", "-c", line, env=environment())

    def _run(self, *arguments, env=None):
        done = subprocess.run(
            [*self._tmux, *arguments], capture_output=True, text=True, check=True, env=env
        )
        return done.stdout

    def type(self, *keys):
        """Press keys, as tmux calls them; anything else is typed."""
        self._run("send-keys", *keys)

    def paste(self, text):
        """Paste *text*, marked as pasted if the command wants that, as terminals do."""
        self._run("set-buffer", "--", text)
        self._run("paste-buffer", "-p")

    def send_signal(self, number):
        """Send a signal to the command."""
        os.kill(int(self._pid.read_text()), number)

    def screen(self):
        """All that is and was to be seen."""
        return self._run("capture-pane", "-p", "-S", "-").rstrip("\n")

    def shows_what_is_typed(self):
        """Whether the terminal echoes keys and waits for whole lines, as shells want it."""
        tty = os.open(
            self._run("display-message", "-p", "#{pane_tty}").strip(), os.O_RDWR | os.O_NOCTTY
        )
        try:
            flags = termios.tcgetattr(tty)[3]
        finally:
            os.close(tty)
        wanted = termios.ECHO | termios.ICANON | termios.ISIG
        return flags & wanted == wanted

    async def wait(self, pattern):
        """Wait until the screen shows what *pattern* describes, and give the screen.

        The command is another process, and tmux does not tell of changes: looking again is all
        that can be done.
        """
        screen = ""
        for _ in range(LOOKS):
            screen = self.screen()
            if re.search(pattern, screen, re.MULTILINE):
                return screen
            await trio.sleep(0.02)
        raise AssertionError(f"no {pattern!r} on the screen:\n{screen}")

    async def ask(self, text):
        """Type *text* and Enter at the prompt, and give what was shown up to the next prompt."""
        await self.wait_for_prompt()
        self.type("-l", text)
        await self.wait(rf"^> {re.escape(text)}$")
        self.type("Enter")
        screen = await self.wait_for_prompt()
        return screen.rsplit(f"\n> {text}\n", 1)[1].removesuffix("\n>")

    async def wait_for_prompt(self):
        """Wait until a question can be typed, and give the screen."""
        return await self.wait(r"^>\Z")

    def close(self):
        """End the terminal, and with it what runs in it."""
        subprocess.run([*self._tmux, "kill-server"], check=False, capture_output=True)
