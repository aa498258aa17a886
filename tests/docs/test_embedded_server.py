"""The programs and tables of docs/embedded_server.md, and the table in the package's own docstring."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from lionpride_trio import local
from lionpride_trio.local._app import _ROUTES
from lionpride_trio.local._directives import _FAULTS, _FLAGS
from lionpride_trio.local._stored import MAX_STORED

PAGE = (Path(__file__).parents[2] / "docs" / "embedded_server.md").read_text(encoding="utf-8")


def blocks(kind):
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


NAMES = {"__name__": "embedded_server"}
exec(compile("\n".join(blocks("python")), "embedded_server.md", "exec"), NAMES)


@pytest.fixture
async def server():
    async with local.serve() as server:
        yield server


def rows(heading):
    """The rows of the first table after a heading, without its head."""
    after = PAGE.partition(f"\n## {heading}\n")[2]
    table = re.search(r"(?:^\|.*\n)+", after, re.MULTILINE)[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table]


async def test_it_is_started_in_two_ways():
    assert (await NAMES["ask_the_server"]()).text
    first, second = await NAMES["ask_two_wires"]()
    assert first == second != ""


def test_the_settings_are_those_of_the_function():
    parameters = inspect.signature(local.serve).parameters
    written = re.search(r"`serve\(host, port, (.*?)\)`", PAGE)[1].split(", ")
    assert written == [f"{name}={parameters[name].default}" for name in [*parameters][2:]]


async def test_each_place_is_where_the_page_says(server):
    table = {
        name.strip("`"): (end.strip("`"), answers) for name, end, answers in rows("What it plays")
    }
    assert tuple(table) == local.PROVIDERS
    origin = f"http://127.0.0.1:{server.port}"
    told = set()
    for name, (end, answers) in table.items():
        assert server.url(name) == origin + end
        told |= {end + path for path in re.findall(r"`(/[^`{:]+)`", answers)}
    assert told == set(_ROUTES)


def test_the_directives_are_those_of_the_docstring():
    page = {
        word.strip("`"): meaning.replace("`", "")
        for word, meaning in rows("Directives in a model's name")
    }
    told = re.findall(r"^``([\w-]+)``\s{2,}(.*)$", local.__doc__, re.MULTILINE)
    assert page == {word: meaning.replace("`", "") for word, meaning in told}
    assert {*page} == {*_FLAGS, *_FAULTS, "midstream-error", "error-NNN", "pieces-N"}


async def test_the_failures_are_met(server):
    assert await NAMES["meet_two_failures"](server) == ["RateLimited", "StreamTruncated"]


async def test_the_refusal_is_told_as_the_page_has_it(server):
    assert await NAMES["forget_a_result"](server) == blocks("text")[0].strip()


async def test_the_form_is_filled(server):
    whale = await NAMES["ask_for_a_form"](server)
    assert whale.keys() == {"name", "teeth"}
    assert whale["teeth"] >= 40


async def test_the_request_is_seen(server):
    assert await NAMES["look_at_the_request"](server) == ("/openai/v1/chat/completions", True, 0)
    assert f"the last {MAX_STORED} of them" in PAGE
