"""The family of errors: which class stands under which, and what of it may be tried again."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator

import pytest

import lionpride_trio
from lionpride_trio import LionprideError, _errors


def drawn() -> Iterator[tuple[str, str]]:
    """Each error of the tree that the module draws and the one above it."""
    above: list[str] = []
    line = r"^    ((?:[│ ]   )*)([├└]─ )?([A-Z]\w+)(?: .*)?$"
    for indent, branch, name in re.findall(line, _errors.__doc__ or "", re.MULTILINE):
        del above[len(indent) // 4 + bool(branch) :]
        yield name, above[-1] if above else "Exception"
        above.append(name)


DRAWN = list(drawn())
RETRYABLE = {
    *("TransportError", "ConnectionFailed", "ConnectionLost", "HTTPProtocolError", "StreamTimeout"),
    *("StreamTruncated", "RateLimited", "Overloaded", "ServerError"),
    "WorkerLost",
}


ALSO = {
    "ConfigurationError": [ValueError],
    "StreamTimeout": [TimeoutError],
    "LocalProtocolError": [RuntimeError],
    "FlowError": [ExceptionGroup],
}


def family(kind: type[LionprideError]) -> set[type[LionprideError]]:
    return {kind}.union(*map(family, kind.__subclasses__()))


def test_every_error_is_drawn_and_is_public():
    ours = {kind.__name__ for kind in family(LionprideError) if kind.__module__ == "lionpride_trio"}
    assert ours == {name for name, *_ in DRAWN}
    assert ours <= vars(lionpride_trio).keys()


@pytest.mark.parametrize(("name", "above"), DRAWN, ids=[name for name, _ in DRAWN])
def test_an_error_stands_where_it_is_drawn(name, above):
    first, *others = getattr(lionpride_trio, name).__bases__
    assert first.__name__ == above
    assert [typing.get_origin(base) or base for base in others] == ALSO.get(name, [])


@pytest.mark.parametrize("name", [name for name, _ in DRAWN])
def test_what_may_succeed_when_it_is_sent_again(name):
    assert getattr(lionpride_trio, name).retryable is (name in RETRYABLE)
