"""Calls that append to a recording wait for the disk once for all that wait."""

from __future__ import annotations

import os
import threading

import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from lionpride_trio import SinkError
from lionpride_trio.recording._log import Log


async def test_writes_that_wait_for_the_disk_share_its_next_turn(tmp_path, monkeypatch):
    path = tmp_path / "log"
    log = Log(path, fsync=True)
    go_on = threading.Event()
    syncs = []

    def sync(_fd):
        syncs.append(path.read_text())
        go_on.wait()

    monkeypatch.setattr(os, "fsync", sync)
    async with trio.open_nursery() as nursery:
        for line in "abc":
            nursery.start_soon(log.write, line)
            await wait_all_tasks_blocked()
        go_on.set()
    assert syncs == ["a", "abc"]
    await log.aclose()


async def test_a_closed_log_waits_for_what_is_being_written_and_takes_no_more(tmp_path):
    path = tmp_path / "log"
    log = Log(path, fsync=True)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(log.write, "a")
        await trio.lowlevel.checkpoint()
        nursery.start_soon(log.aclose)
    assert path.read_text() == "a"
    with pytest.raises(SinkError, match="was closed"):
        await log.write("b")
