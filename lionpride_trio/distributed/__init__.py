"""Sources and operations in other processes, on this machine and others, by Ray.  Needs the extra ``ray``.

::

    from lionpride_trio.distributed import remote


    def answer(question):
        return iModel("openai", "gpt-4o-mini").stream(question)


    async with remote(answer, "Why is the sea salt?") as chunks:
        async for chunk in chunks:
            print(chunk.data, end="")

Layout: ``_trace``, ``_sending`` (what crosses), ``_news`` (logs and events), ``_worker`` (the far side), ``_bridge``
(the one file that knows Ray), ``_remote`` (sources), ``_placed`` (operations).
"""

from .._errors import WorkerError, WorkerLost
from .._public import show_public_path
from ._placed import RemoteOptions, remote_options
from ._remote import remote

__all__ = ["RemoteOptions", "WorkerError", "WorkerLost", "remote", "remote_options"]

show_public_path(globals(), but=["WorkerError", "WorkerLost"])
