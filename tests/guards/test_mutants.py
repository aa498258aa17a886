"""Each mutant still finds the code that it changes: a stale one would count as noticed for ever."""

from pathlib import Path

import pytest

from tests.mutants.list_of_mutants import MUTANTS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("file", "right", "wrong", "tests"), MUTANTS)
def test_no_mutant_is_stale(file, right, wrong, tests):
    text = (ROOT / "lionpride_trio" / file).read_text(encoding="utf-8")
    assert right in text
    assert right != wrong
    for folder in tests.split():
        assert (ROOT / "tests" / folder).is_dir()
