"""CONTRIBUTING and the map of "How it is built" name places that are there, and the map names every room."""

import re
from pathlib import Path

from tests.guards.test_layers import FACADE, LAYERS

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


def test_the_map_has_each_room_once_and_in_the_order_of_the_layers():
    page = (ROOT / "docs" / "how_it_is_built.md").read_text(encoding="utf-8")
    table = page.partition("## The map")[2].partition("\n## ")[0]
    firsts = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    rooms = [name for first in firsts for name in re.findall(r"`(\w+)`", first)]
    assert sorted(rooms) == sorted(LAYERS.keys() - {FACADE, "__main__"})
    assert rooms == sorted(rooms, key=LAYERS.__getitem__)
