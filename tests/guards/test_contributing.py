"""CONTRIBUTING names places that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_each_place_that_is_named_is_there():
    rows = [row.split("|") for row in TEXT.splitlines() if row.startswith("| ")]
    assert len(rows) > 10
    for _, _, where, _ in rows[1:]:
        folder = ROOT
        for name in re.findall(r"`([\w/]+(?:\.py)?)`", where):
            place = ROOT / name if "/" in name else folder / name
            assert place.exists(), name
            folder = place if place.is_dir() else place.parent


def test_each_page_that_is_linked_is_there():
    for target in re.findall(r"\]\(([\w./]+)\)", TEXT):
        assert (ROOT / target).is_file(), target
