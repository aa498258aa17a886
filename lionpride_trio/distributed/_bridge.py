"""The bridge to Ray: the one file that knows it.  Nothing of Ray is imported before a source is opened.

Strategy.  Each worker is an actor, which is a process: it has methods to call while it works, and `ray.kill` ends
it for certain.  Ray's answers come in threads of its own, as `concurrent.futures`, and wake trio's tasks from there:
a thousand open sources need no thread each.

What must hold:

1. Nothing is done twice: ``max_restarts=0`` and ``max_task_retries=0``.  Ray would else begin a source anew
   and its answer would be spliced onto the first.
2. The thread that starts a Ray of one's own lives as long as the program.  Linux ends Ray's processes with the thread
   that started them, and a thread of trio's pool ends after ten idle seconds.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Protocol

import trio

from .._errors import ConfigurationError, WorkerError, WorkerLost
from ._worker import Worker


class Handle(Protocol):
    """A worker, as it is seen from home."""

    def submit(self, method: str, *args: Any) -> Future[Any]:
        """Call a method of the worker; does not wait."""
        ...

    def failure(self, error: Exception) -> Exception:
        """The failure that a call has come back with, in this library's words."""
        ...

    def kill(self) -> None:
        """End the process; does not wait."""
        ...


def check_installed() -> None:
    """Refuse to go on without Ray.

    :raises ConfigurationError: names the extra.
    """
    if importlib.util.find_spec("ray") is None:
        raise ConfigurationError(
            "sources on other machines need the extra: pip install 'lionpride_trio[ray]'"
        )


async def wait_for(future: Future[Any]) -> Any:
    """The result of *future*.  Cancelled, it may be waited for again."""
    done = trio.Event()
    token = trio.lowlevel.current_trio_token()

    def wake(_: Future[Any]) -> None:
        with suppress(trio.RunFinishedError):
            token.run_sync_soon(done.set)

    future.add_done_callback(wake)
    await done.wait()
    return future.result()


# What follows is run where Ray is installed: by 'make ray', in an environment of its own.


def by_value(value: Any) -> bytes:  # pragma: no cover - see above
    """*value* as bytes, with what its main module defines."""
    data: bytes = _import("ray.cloudpickle").dumps(value)
    return data


def _import(name: str) -> Any:  # pragma: no cover - see above
    # Not a statement: the type checkers' environment has no Ray, which is large.
    return importlib.import_module(name)


async def open_worker(num_cpus: float) -> Handle:  # pragma: no cover - see above
    """A new worker; starts Ray, if the program has not."""
    started: Future[None] = Future()
    ray = sys.modules.get("ray")
    if ray is None or not ray.is_initialized():
        threading.Thread(target=_start_ray, args=(started,), daemon=True, name="ray").start()
        await wait_for(started)
    return await trio.to_thread.run_sync(_RayWorker, num_cpus)


_starting = threading.Lock()


def _start_ray(started: Future[None]) -> None:  # pragma: no cover - see above
    try:
        with _starting:
            ray = _import("ray")
            if not ray.is_initialized():
                ray.init(include_dashboard=False, logging_level=logging.ERROR)
    except Exception as error:
        started.set_exception(error)
        return
    started.set_result(None)
    threading.Event().wait()


class _RayWorker:  # pragma: no cover - see above
    def __init__(self, num_cpus: float) -> None:
        self._ray = _import("ray")
        options = {
            "num_cpus": num_cpus,
            "max_restarts": 0,
            "max_task_retries": 0,
            # Two questions at most, items from home, and the leaving wait at one time.
            "max_concurrency": 4,
        }
        self._actor: Any = self._ray.remote(**options)(Worker).remote(by_value)

    def submit(self, method: str, *args: Any) -> Future[Any]:
        answer: Future[Any] = getattr(self._actor, method).remote(*args).future()
        return answer

    def failure(self, error: Exception) -> Exception:
        errors = self._ray.exceptions
        if isinstance(error, errors.RayTaskError):
            return _not_unpacked(getattr(error, "cause", error))
        if isinstance(error, errors.RayError):
            return WorkerLost(f"the worker was lost: {error}")
        return error

    def kill(self) -> None:
        with suppress(Exception):  # Ray was shut down, and has ended it
            self._ray.kill(self._actor, no_restart=True)


def _not_unpacked(cause: Exception) -> Exception:  # pragma: no cover - see above
    if isinstance(cause, ImportError | AttributeError):
        return ConfigurationError(
            f"the worker cannot import what it was sent: {cause}.  Install it on each machine, or let Ray send it:"
            " ray.init(runtime_env={'working_dir': '.'})"
        )
    return WorkerError(f"{type(cause).__qualname__}: {cause}")
