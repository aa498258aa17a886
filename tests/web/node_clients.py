"""The real clients of UI protocols, from npm: installed once, and run against a server on loopback."""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import trio

from lionpride_trio.testing import Answer, FaultyServer

FOLDER = Path(__file__).parent / "clients"
_STAMP = FOLDER / "node_modules" / ".installed"


def install():
    """Install the clients that the lock file names, if they are not there; skip where that cannot be."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("the clients of web pages need node and npm (apt-get install nodejs npm)")
    wanted = (FOLDER / "package-lock.json").read_text()
    with (FOLDER / "package.json").open() as lock:  # for tests that run beside each other
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _STAMP.exists() and _STAMP.read_text() == wanted:
            return
        done = subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.skip(f"npm ci cannot install the clients of web pages: {done.stderr[-300:]}")
        _STAMP.write_text(wanted)


async def run_client(program, **plan):
    """The *program*'s report of what it read, for this plan."""
    done = await trio.run_process(
        ["node", FOLDER / program, json.dumps(plan)],
        capture_stdout=True,
        capture_stderr=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"{program} ended with {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


def page(encoder, items, *, error=None, response=None, **answer):
    """The answer of an endpoint that sends *items*, with the encoder's own head."""
    body = [encoder.feed(item) for item in items]
    body.append(encoder.flush(response) if error is None else encoder.fail(error))
    body = [piece for piece in body if piece]
    headers = list(encoder.headers.items())
    return Answer(body=body, media=encoder.media_type, headers=headers, **answer)


async def read_page(program, answer, **plan):
    """The client's report of that answer, and the requests that it sent."""
    async with FaultyServer(answer) as server:
        told = await run_client(program, api=server.url("openai") + "/chat", **plan)
    return told, server.requests
