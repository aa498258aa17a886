"""A short run of the fuzzer, the same each time; ``make fuzz`` runs it for longer."""

from __future__ import annotations

import random

import pytest

from tests.fuzzing.__main__ import NASTY, corpus, mutated
from tests.fuzzing.targets import TARGETS

BODIES = corpus()


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_give_results_or_one_typed_error(name):
    for seed in range(150):
        source = random.Random(seed)
        body = mutated(source.choice(BODIES), source)
        if seed % 5 == 0:
            body = b"".join(source.choices(NASTY, k=20))
        TARGETS[name](body, random.Random(seed))
