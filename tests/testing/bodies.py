"""Bodies for the tests of the kit itself."""

from __future__ import annotations

from lionpride_trio.testing import wire_bodies


def one_answer(name, endpoint=None):
    """Bodies without alternative answers."""
    return wire_bodies(name, endpoint).filter(lambda pair: len(pair[0].texts) == 1)
