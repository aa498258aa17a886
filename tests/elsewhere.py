"""The embedded server in a thread of its own, for tests whose thread has another event loop or clock."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import trio

from lionpride_trio import local


class ServerThread:
    """The embedded server on a trio of its own, so that the test's thread is free for asyncio."""

    def __init__(self):
        self._begun = threading.Event()

    def run(self):
        trio.run(self._serve)

    async def _serve(self):
        with trio.CancelScope() as self._scope:
            async with local.serve() as self.server:
                self._token = trio.lowlevel.current_trio_token()
                self._begun.set()
                await trio.sleep_forever()

    def call(self, function, *args):
        """Run the async *function* on the server's trio, and return its result."""
        return trio.from_thread.run(function, *args, trio_token=self._token)

    @contextmanager
    def running(self):
        thread = threading.Thread(target=self.run)
        thread.start()
        self._begun.wait()
        try:
            yield self
        finally:
            self._token.run_sync_soon(self._scope.cancel)
            thread.join()
