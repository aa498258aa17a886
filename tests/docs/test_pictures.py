"""The pictures of README and documentation show what their scripts draw."""

import html
import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def words(svg):
    """The texts of a picture; how they are drawn is the drawing library's affair."""
    return [html.unescape(text) for text in re.findall(r"<text[^>]*>([^<]*)</text>", svg)]


async def test_the_picture_of_the_demo_is_what_the_demo_shows():
    script = runpy.run_path(str(DOCS / "scripts" / "picture_demo.py"))
    drawn = script["picture"](await script["answers"]())
    assert words(drawn) == words((DOCS / "_static" / "demo.svg").read_text(encoding="utf-8"))
    assert "http" not in re.sub(r'xmlns="[^"]*"|<!--.*?-->', "", drawn)


@pytest.mark.parametrize("name", ["waterfall.svg", "waterfall_flow.svg"])
def test_the_waterfalls_are_of_real_runs_that_give_the_same_bytes_each_time(name):
    """One that is outdated is drawn anew by ``python docs/scripts/picture_waterfall.py docs/_static``."""
    script = runpy.run_path(str(DOCS / "scripts" / "picture_waterfall.py"))
    drawn = script["picture"](name)
    assert drawn == (DOCS / "_static" / name).read_text(encoding="utf-8")
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", drawn)
