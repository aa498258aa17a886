"""A Redis server of the tests' own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager

import attrs


@attrs.define
class RedisServer:
    port: int
    folder: str
    appendonly: str = "yes"
    process: subprocess.Popen | None = None

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        """Start the server, and wait until it listens.  What was acknowledged before is there again."""
        settings = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "save": ""}
        settings |= {"appendonly": self.appendonly, "appendfsync": "always", "databases": 10_000}
        words = [word for name, value in settings.items() for word in (f"--{name}", str(value))]
        self.process = subprocess.Popen(["redis-server", *words], stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            if "Ready to accept connections" in line:
                return
        raise AssertionError("redis-server ended before it listened")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@contextmanager
def redis_server(appendonly="yes"):
    if shutil.which("redis-server") is None:
        import pytest  # the benchmarks use this module without it

        pytest.skip("durable streams in Redis need redis-server (apt-get install redis-server)")
    with socket.socket() as free, tempfile.TemporaryDirectory() as folder:
        free.bind(("127.0.0.1", 0))
        server = RedisServer(free.getsockname()[1], folder, appendonly)
        free.close()
        server.start()
        try:
            yield server
        finally:
            server.kill()
