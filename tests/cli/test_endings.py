"""How the process ends: what a shell is told of Ctrl-C and of a reader that has gone."""

from __future__ import annotations

import pytest

from lionpride_trio.cli import INTERRUPTED, NO_READER, _commands, main


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (KeyboardInterrupt(), INTERRUPTED),
        (BaseExceptionGroup("", [KeyboardInterrupt()]), INTERRUPTED),
        (BaseExceptionGroup("", [BaseExceptionGroup("", [KeyboardInterrupt()])]), INTERRUPTED),
    ],
)
def test_ctrl_c_has_its_status_wherever_it_struck(monkeypatch, error, status):
    assert ended_by(monkeypatch, error) == status


@pytest.mark.parametrize(
    "error", [BrokenPipeError(), ExceptionGroup("", [BrokenPipeError(), BrokenPipeError()])]
)
def test_so_has_a_reader_that_has_gone(monkeypatch, error):
    settled = []
    monkeypatch.setattr("lionpride_trio.cli._screen.settle_output", lambda: settled.append(True))
    assert ended_by(monkeypatch, error) == NO_READER
    assert settled == [True]


@pytest.mark.parametrize(
    "error",
    [
        ExceptionGroup("", [BrokenPipeError(), ValueError("mine")]),
        BaseExceptionGroup("", [KeyboardInterrupt(), ValueError("mine")]),
        ModuleNotFoundError("no", name="something.else"),
    ],
)
def test_what_else_went_wrong_is_not_hidden(monkeypatch, error):
    with pytest.raises(type(error)) as caught:
        ended_by(monkeypatch, error)
    assert caught.value is error


def ended_by(monkeypatch, error):
    def run(tokens):
        raise error

    monkeypatch.setattr(_commands, "run", run)
    return main([])
