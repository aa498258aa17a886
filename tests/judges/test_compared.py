"""The page ``docs/compared.md`` says what a run gives; and this library reads each answer right."""

import re

import pytest
import trio

from tests.judges.all_cases import CASES
from tests.judges.cases import Case, chat, piece, sse
from tests.judges.reading import Reading
from tests.judges.readings import read_both
from tests.judges.sdk_readers import VERSIONS
from tests.judges.table import BEGIN, END, PAGE, rows, written
from tests.judges.verdicts import Right, is_right, words_for_case, words_for_stream

# The SDKs' own warnings, of what does not fit their types: OpenAI's of what it has put together,
# Google's of words that it does not know.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning"),
    pytest.mark.filterwarnings("ignore:.* is not a valid:UserWarning"),
]


@pytest.fixture(scope="module")
def run():
    return trio.run(rows)


def page():
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def test_this_library_reads_every_case_as_it_is_right(run):
    cases, authored, recorded = run
    assert len(cases) == 43
    assert {row.ours for row in cases} == {"right"}
    for row in [*authored, *recorded]:
        assert row.right.endswith("then an error") == row.ours.startswith("`")
        assert row.ours == "right" or re.fullmatch(r"`\w+`", row.ours)


def test_the_page_says_what_a_run_gives(run):
    """The page's verdicts on SDKs are compared where they have the versions that it names."""
    versions = "Run with " + ", ".join(f"{name} {number}" for name, number in VERSIONS.items())
    if versions in page():
        assert page() == written(*run).strip()
    else:
        assert without_sdks(page()) == without_sdks(written(*run))


def without_sdks(text):
    """The lines of the two tables that have all cases, without the last column."""
    told = text.partition("## Recorded streams")[0].splitlines()
    return [re.split(r"(?<!\\)\|", line)[:-2] for line in told if line.startswith("|")]


def test_another_version_of_an_sdk_leaves_this_librarys_column():
    told = page()
    _, case = next(iter(CASES.items()))
    changed = told.replace("`JSONDecodeError` after", "right after")
    assert changed != told
    assert without_sdks(changed) == without_sdks(told)
    assert without_sdks(told.replace(case.title, "another")) != without_sdks(told)
    assert without_sdks(told.replace("| right | `JSON", "| wrong | `JSON")) != without_sdks(told)


@pytest.mark.parametrize("name", CASES)
async def test_a_case(name):
    case = CASES[name]
    ours, _ = await read_both(case.wire, case.body, case.media, whole=case.whole)
    assert is_right(case, ours)


async def test_a_wrong_reading_is_said_to_be_wrong():
    said = Case("", "Hi", ("openai", "chat"), chat(piece({"content": "Hi"}, "stop")))
    ours, sdk = await read_both(said.wire, said.body, said.media)
    assert words_for_case(said, sdk) == "right"
    other = Case("", "Ho", said.wire, said.body)
    assert not is_right(other, ours)
    assert words_for_case(other, sdk) == "“Hi”"
    cut, _ = await read_both(said.wire, sse(piece({"content": "Hi"})), said.media)
    assert not is_right(said, cut)
    right = Right("Hi you", [("a", "f", '{"a":1}')], fails=False)
    call = ("a", "f", '{"a": 1}')
    assert words_for_stream(right, Reading("Hi you", [call])) == "right"
    assert words_for_stream(right, Reading("Hi", [call])) == "2 of 6 characters"
    assert words_for_stream(right, Reading("Hi you" * 2, [call])) == "its text twice"
    assert words_for_stream(right, Reading("Hi you", [])) == "no call"
