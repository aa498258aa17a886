"""The version stands in one place, and what builds the package reads it there."""

import re
import tomllib
from pathlib import Path

import lionpride_trio

ROOT = Path(__file__).parents[2]


def test_the_version_stands_in_one_place():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in settings["project"]
    assert "version" in settings["project"]["dynamic"]
    source = (ROOT / settings["tool"]["hatch"]["version"]["path"]).read_text(encoding="utf-8")
    found = re.findall(r'^__version__ = "(.+)"$', source, re.MULTILINE)
    assert found == [lionpride_trio.__version__]
