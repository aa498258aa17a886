"""The tables of ``docs/compared.md``: each case, and what this library and the official SDKs give.

python -m tests.judges.table            # print them
python -m tests.judges.table --write    # put them into the page
"""

import argparse
import json
import logging
import re
import sys
from pathlib import Path

import attrs
import trio

from tests.judges.all_cases import CASES
from tests.judges.readings import read_both
from tests.judges.sdk_readers import VERSIONS
from tests.judges.verdicts import (
    Right,
    is_right,
    right_of,
    right_of_stream,
    words_for_case,
    words_for_stream,
)
from tests.providers.test_streams import APIS, AUTHORED, CORRECTED, EXPECTED, HERE

PAGE = Path(__file__).resolve().parents[2] / "docs/compared.md"
BEGIN, END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"
WIRES = {
    "openai_chat": ("openai", "chat"),
    "openai_chat.groq": ("groq", "chat"),
    "openai_chat.compat": ("openai_compatible", "chat"),
    "openai_responses": ("openai", "responses"),
    "openai_responses.compat": ("openai", "responses"),
    "anthropic": ("anthropic", "messages"),
    "gemini": ("gemini", "generate"),
    "ollama": ("ollama", "chat"),
}
NO_SDK = "–"


@attrs.frozen
class Row:
    """One line of a table."""

    name: str
    what: str
    right: str
    ours: str
    sdk: str


async def row_of_case(name):
    """The row of a case after a public report."""
    case = CASES[name]
    ours, sdk = await read_both(case.wire, case.body, case.media, whole=case.whole)
    mine = "right" if is_right(case, ours) else words_for_case(case, ours)
    wire = "/".join(case.wire)
    said = words_for_case(case, sdk) if sdk else NO_SDK
    return Row(f"{name} {wire}", case.title, right_of(case), mine, said)


def right_of_recording(file):
    """The meaning of the stream in *file*, by ``expected.json`` and what corrects it."""
    expected, corrected = EXPECTED[file], CORRECTED.get(file, {})
    calls = [(None, call["name"], _text(call["arguments"])) for call in expected["tool_calls"]]
    calls = [(None, *call) for call in corrected["tools"]] if "tools" in corrected else calls
    fails = corrected.get("fails", bool(expected["error"]))
    return Right(expected["text"], calls, fails, with_ids=False)


def right_of_authored(case):
    """The meaning of an authored stream, by its index."""
    expect = case["expect"]
    calls = [tuple(call) for call in expect.get("tool_calls", [])]
    return Right(expect["text"], calls, expect["ends"] != "complete")


def _reason(case):
    """Why *case* is there, without what its author found an SDK of that time to do."""
    return re.sub(r" \([^)]*(SDK|google-genai)[^)]*\)", "", case["why"])


def _text(arguments):
    return arguments if isinstance(arguments, str) else json.dumps(arguments)


async def row_of_stream(file, api, right, what):
    """The row of a stream that is kept in a file."""
    media = "application/x-ndjson" if api == "ollama" else "text/event-stream"
    ours, sdk = await read_both(WIRES[api], (HERE / file).read_bytes(), media)
    said = words_for_stream(right, sdk) if sdk else NO_SDK
    return Row(file, what, right_of_stream(right), words_for_stream(right, ours), said)


async def rows():
    """The rows of the three tables."""
    cases = [await row_of_case(name) for name in CASES]
    authored = [
        await row_of_stream(each["file"], each["api"], right_of_authored(each), _reason(each))
        for each in AUTHORED
    ]
    recorded = [
        await row_of_stream(file, APIS[file], right_of_recording(file), "") for file in EXPECTED
    ]
    return cases, authored, recorded


def is_alike(row):
    """Whether the SDK reads a stream as it is right; of failures, whether it reports one."""
    failures = row.sdk.startswith(("`", "event `")) and row.ours.startswith("`")
    return row.sdk == row.ours or failures


def written(cases, authored, recorded):
    """The tables as they stand in the page."""
    read = [row for row in recorded if row.sdk != NO_SDK]
    differ = [row for row in read if not is_alike(row)]
    versions = ", ".join(f"{name} {version}" for name, version in VERSIONS.items())
    return (
        f"Run with {versions}.\n\n"
        "## Answers after public reports\n\n"
        + _table(
            ("case", "what is sent", "what is right", "this library", "official SDK"),
            [(row.name, row.what, row.right, row.ours, row.sdk) for row in cases],
        )
        + "\n## Authored streams\n\n"
        + _table(
            ("stream", "why it is there", "what is right", "this library", "official SDK"),
            [(f"`{_short(row.name)}`", row.what, row.right, row.ours, row.sdk) for row in authored],
        )
        + "\n## Recorded streams\n\n"
        f"Of {len(recorded)} recorded streams, {len(read)} are of wires whose SDK is run here."
        f" {len(read) - len(differ)} of them are read alike by the SDK's helper. These are not:\n\n"
        + _table(
            ("stream", "what is right", "this library", "official SDK"),
            [(f"`{row.name}`", row.right, row.ours, row.sdk) for row in differ],
        )
    )


def _short(name):
    return name.removeprefix("synthetic/").rpartition(".")[0]


def _table(heads, lines):
    told = [heads, ("---",) * len(heads), *lines]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in told)


def _cell(text):
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def main():
    """Print the tables, or put them into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    told = written(*trio.run(rows))
    if parser.parse_args().write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.partition(BEGIN)[0], page.partition(END)[2]
        PAGE.write_text(before + BEGIN + "\n" + told + "\n" + END + after, encoding="utf-8")
    else:
        sys.stdout.write(told)


if __name__ == "__main__":
    logging.getLogger("google_genai").setLevel(logging.ERROR)
    main()
