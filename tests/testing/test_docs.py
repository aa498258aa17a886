"""The programs of docs/testing.md and docs/recording.md do what the pages say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lionpride_trio import local
from lionpride_trio.testing import LawBroken
from tests.elsewhere import ServerThread

DOCS = Path(__file__).parents[2] / "docs"


def blocks(page, kind):
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def names_of(page):
    names = {"__name__": page}
    exec(compile("\n".join(blocks(page, "python")), page, "exec"), names)
    return names


TESTING = names_of("testing.md")


@pytest.mark.parametrize(
    "name",
    [
        "test_words",
        "test_redact",
        "test_operators",
        "test_provider",
        "test_flow",
        "test_my_agent",
        "test_the_page",
    ],
)
def test_what_is_right_passes(name):
    TESTING[name]()


def test_the_sink(tmp_path):
    TESTING["test_file"](tmp_path)


async def test_the_application(autojump_clock, capsys):
    await TESTING["test_a_connection_that_breaks"](autojump_clock)


async def test_a_model_that_calls_tools(autojump_clock):
    await TESTING["test_it_looks_before_it_answers"](autojump_clock)
    await TESTING["test_it_tells_what_it_saw"]()


async def test_a_jumping_clock_does_not_wait_for_another_thread(autojump_clock):
    with ServerThread().running() as thread:
        url = thread.server.url("openai")
        await TESTING["test_that_fails_at_once"](autojump_clock, url)


def test_the_wrong_splitter_is_told_as_the_page_has_it():
    with pytest.raises(LawBroken) as caught:
        TESTING["test_sentences"]()
    assert f"{caught.value}\n" == blocks("testing.md", "text")[0]


def test_the_right_splitter_passes():
    class Right(TESTING["Sentences"]):
        def feed(self, text):
            if self.over:
                return super().feed(text)
            *whole, self.held = (self.held + text).split(". ")
            return [f"{sentence}. " for sentence in whole]

    TESTING["check_splitter"](Right)


def test_the_property_does_not_hold():
    with pytest.raises(AssertionError):
        TESTING["test_title"]()


@pytest.fixture
async def recorded(tmp_path):
    path = tmp_path / "call.jsonl"
    async with local.serve() as server:
        settings = {"api_key": "an-invented-key", "base_url": server.url("openai")}
        response = await names_of("recording.md")["record_one"](path, **settings)
    return path, response


async def test_a_recorded_call_is_replayed(recorded):
    path, response = recorded
    assert await names_of("recording.md")["replay_one"](path) == response


def test_a_recorded_call_is_cut_in_every_way(tmp_path):
    import trio

    async def record():
        path = tmp_path / "call.jsonl"
        async with local.serve() as server:
            settings = {"api_key": "an-invented-key", "base_url": server.url("openai")}
            return path, await names_of("recording.md")["record_one"](path, **settings)

    names_of("recording.md")["check_all_cuts"](*trio.run(record))


def test_the_file_of_the_page_is_a_recording(tmp_path):
    from lionpride_trio.recording import Recording

    path = tmp_path / "page.jsonl"
    path.write_text(blocks("recording.md", "json")[0])
    (call,) = Recording.load(path).calls
    assert Recording((call,)).text() == path.read_text()
