"""The programs of the recipe print what docs/streaming_responses.md shows."""

from __future__ import annotations

import re

import pytest

from tests.docs.markdown import DOCS, blocks, load

PAGE = DOCS / "streaming_responses.md"
FUNCTIONS = {
    "basic_streaming": "stream_chat",
    "branch_context": "stream_with_context",
    "progress": "stream_with_progress",
    "parallel": "parallel_streaming",
    "workflow": "streaming_workflow",
}


IN_ANY_ORDER = {"parallel"}  # two networks decide which piece comes first


def outputs():
    """Each example of the page with the output that the page shows below it."""
    found, example = [], ""
    for block in blocks(PAGE):
        if block.language.startswith("{literalinclude} examples/"):
            example = block.language.partition("/")[2].removesuffix(".py")
        elif block.language == "text":
            found.append((example, block.text))
    return found


@pytest.mark.parametrize(("example", "output"), outputs())
async def test_an_example_prints_what_the_page_shows(example, output, capsys, server):
    await load(example)[FUNCTIONS[example]]()
    printed = capsys.readouterr().out
    free = example in IN_ANY_ORDER
    left_out = r"\s*…\s*|\n|\[GPT\]|\[Claude\]" if free else r"\s*…\s*"
    place = 0
    for piece in filter(None, map(str.strip, re.split(left_out, output))):
        place = printed.find(piece, 0 if free else place)
        assert place >= 0, f"{piece!r} is not printed there"


def test_the_page_shows_all_five():
    assert [example for example, _ in outputs()] == list(FUNCTIONS)
