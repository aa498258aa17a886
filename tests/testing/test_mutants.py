"""Every mutant is caught by the law that it breaks, and its correct twin passes."""

from __future__ import annotations

import pytest

from lionpride_trio.testing import LawBroken
from tests.testing.mutants import (
    conversing,
    decoders,
    graphs,
    machines,
    operators,
    parsers,
    parting,
    sinking,
    typing,
)

CASES = [
    case
    for module in (
        decoders,
        machines,
        operators,
        sinking,
        parsers,
        graphs,
        typing,
        conversing,
        parting,
    )
    for case in module.CASES
]
IDS = [case.name for case in CASES]


def test_there_are_enough_of_them():
    assert len(CASES) >= 60


# Hypothesis warns of long examples when it shows one, which here it does for each mutant.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_a_mutant_is_caught(case):
    with pytest.raises(LawBroken) as caught:
        case.try_wrong()
    assert caught.value.law in case.law.split("|")
    assert str(caught.value).startswith(f"{caught.value.law}: ")


TWINS = {(id(case.check), id(case.right)): case for case in CASES}


@pytest.mark.parametrize("case", TWINS.values(), ids=[case.name for case in TWINS.values()])
def test_its_twin_passes(case):
    case.try_right()
