"""The pages of the documentation and their programs, and what a test can see in them."""

from __future__ import annotations

import re
import runpy
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = DOCS / "examples"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)

_FENCE = re.compile(
    r"^(?P<indent>[ ]*)(?P<fence>`{3,})(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=indent)(?P=fence)[ ]*$",
    re.MULTILINE | re.DOTALL,
)


def load(name: str) -> dict[str, Any]:
    """The names of an example, which runs nothing when it is imported."""
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))


@attrs.frozen
class Block:
    """A fenced block: its language or directive, its text, and where it begins."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(DOCS)} line {self.line}"


def blocks(page: Path, *languages: str) -> list[Block]:
    """The fenced blocks of *page*; those of the *languages*, where some are named."""
    source = page.read_text(encoding="utf-8")
    found = [
        Block(
            page,
            source.count("\n", 0, match.start()) + 1,
            match["language"].strip(),
            textwrap.dedent(match["text"]),
        )
        for match in _FENCE.finditer(source)
    ]
    return [block for block in found if not languages or block.language in languages]


def prose(page: Path) -> str:
    """The text of *page* without its fenced blocks and its code."""
    source = _FENCE.sub("", page.read_text(encoding="utf-8"))
    return re.sub(r"`[^`]+`", "", source)


def included(page: Path) -> Iterator[Path]:
    """The files that *page* shows."""
    for block in blocks(page):
        if block.language.startswith("{literalinclude} "):
            yield page.parent / block.language.split()[1]


def contents(page: Path) -> Iterator[Path]:
    """The pages that the tables of contents of *page* name."""
    for block in blocks(page, "{toctree}"):
        for line in block.text.splitlines():
            if line.strip() and not line.startswith(":"):
                yield page.parent / f"{line.strip()}.md"
