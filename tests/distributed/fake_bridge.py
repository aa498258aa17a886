"""Workers in threads of this process: the same worker and the same bytes, without Ray.

What Ray adds (processes, other machines, what it says of a worker that died) is tested with Ray itself.
"""

from __future__ import annotations

import pickle
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import pytest
import trio

from lionpride_trio import WorkerLost
from lionpride_trio.distributed import _bridge
from lionpride_trio.distributed._worker import Worker


class Died(Exception):
    """The worker is gone."""


class ThreadWorker:
    def __init__(self, num_cpus):
        self.num_cpus = num_cpus
        self.worker = Worker(pickle.dumps)
        self.calls = []
        self.is_killed = False
        self._threads = ThreadPoolExecutor(4)
        self._waiting: set[Future] = set()

    def submit(self, method, *args):
        self.calls.append(method)
        answer: Future = Future()
        if self.is_killed:
            answer.set_exception(Died("it was killed"))
            return answer
        self._waiting.add(answer)
        self._threads.submit(self._run, answer, method, args)
        return answer

    def _run(self, answer, method, args):
        try:
            result = getattr(self.worker, method)(*args)
        except Exception as error:
            self._settle(answer, error=error)
        else:
            self._settle(answer, result)

    def _settle(self, answer, result=None, error=None):
        if answer in self._waiting:
            self._waiting.discard(answer)
            answer.set_result(result) if error is None else answer.set_exception(error)

    def failure(self, error):
        return WorkerLost("the worker was lost") if isinstance(error, Died) else error

    def kill(self):
        """Answer nothing any more, as a process that is gone."""
        self.is_killed = True
        for answer in [*self._waiting]:
            self._settle(answer, error=Died("it was killed"))
        self._threads.shutdown(wait=False)

    def end(self):
        """Let the threads end, as those of a killed process do."""
        run = getattr(self.worker, "_run", None)
        if run is not None and run.begun.wait(5):

            def leave():
                run._scope.cancel()
                run._told.set()

            with suppress(trio.RunFinishedError):
                run.token.run_sync_soon(leave)
        self._threads.shutdown()


@pytest.fixture
def workers(monkeypatch):
    """The workers that were opened, each a thread."""
    opened = []

    async def open_worker(num_cpus):
        opened.append(ThreadWorker(num_cpus))
        return opened[-1]

    monkeypatch.setattr(_bridge, "check_installed", lambda: None)
    monkeypatch.setattr(_bridge, "open_worker", open_worker)
    monkeypatch.setattr(_bridge, "by_value", pickle.dumps)
    yield opened
    for worker in opened:
        worker.end()
