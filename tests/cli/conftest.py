"""Fixtures and helpers of the tests of the command line."""

import os
import sys

import pytest

from tests.cli.process import KEYS


@pytest.fixture
def stdin(monkeypatch):
    """Give `sys.stdin` a text; its end follows."""
    opened = []

    def give(text):
        reading, writing = os.pipe()
        os.write(writing, text.encode())
        os.close(writing)
        opened.append(os.fdopen(reading))
        monkeypatch.setattr(sys, "stdin", opened[-1])

    yield give
    for file in opened:
        file.close()


@pytest.fixture(autouse=True)
def no_keys(monkeypatch, tmp_path):
    """Keep the keys, addresses and questions of whoever runs the tests out of them."""
    for name in list(os.environ):
        if KEYS.match(name):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
