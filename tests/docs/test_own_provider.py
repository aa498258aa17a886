"""The provider of docs/own_provider.md is read, asked and tested as the page says."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from lionpride_trio import FinishChunk, Overloaded, TextChunk, Verdict, iModel, reassemble
from lionpride_trio.testing import Answer, FaultyServer, check_provider
from tests.docs.markdown import DOCS, blocks, load

BODY = b'data: {"say": "a "}\n\ndata: {"say": "cracker"}\n\ndata: {"wing": 1}\n\ndata: {"bye": "bye"}\n\n'
MOULTING = b'{"error": {"code": "moulting", "message": "Not today."}}'


@pytest.fixture(scope="module")
def example():
    """The names that the program defines.  It is run once, since a provider is registered once."""
    return load("own_provider")


async def test_it_answers(example, capsys, monkeypatch):
    async with FaultyServer(Answer(body=BODY)) as server:
        monkeypatch.setenv("PARROT_BASE_URL", server.url("parrot"))
        await example["main"]()
    assert capsys.readouterr().out == "a cracker (complete)\n"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=MOULTING, media="application/json"),
        Answer(body=b"data: " + MOULTING + b"\n\n"),
        Answer(body=b"event: error\ndata: " + MOULTING + b"\n\n"),
        Answer(body=b"error: " + MOULTING + b"\n\n"),
    ],
    ids=["document", "event", "named event", "line"],
)
async def test_its_words_are_understood_wherever_they_stand(example, answer):
    async with FaultyServer(answer) as server:
        model = iModel(example["Parrot"](), "polly", base_url=server.url("parrot"), retry=None)
        with pytest.raises(Overloaded):
            async with model.stream("hi"):
                pass


def programs():
    names = {"__name__": "own_provider.md"}
    for block in blocks(DOCS / "own_provider.md", "python"):
        exec(block.text, names)
    return names


TESTS = {name: test for name, test in programs().items() if name.startswith("test_")}


@pytest.mark.parametrize("name", TESTS)
def test_the_tests_of_the_page_pass(name, example):
    TESTS[name](example["Parrot"]())


def test_it_keeps_the_laws(example):
    meant = reassemble([
        TextChunk("a cracker"),
        FinishChunk(verdict=Verdict.COMPLETE, reason="bye"),
    ])
    check_provider(example["Parrot"](), bodies=st.just((meant, BODY)), end_mark=True)
