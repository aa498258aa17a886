"""The screens in a real terminal, of 34, 80 and 200 columns."""

import json
import signal
import textwrap

import pytest
from rich.cells import cell_len

from lionpride_trio import Session, local
from lionpride_trio.cli._wrap import wrapped
from lionpride_trio.testing import Answer, FaultyServer
from tests.cli.tmux import Terminal, needs_tmux

pytestmark = needs_tmux

WIDTHS = [34, 80, 200]
ENGLISH = (
    "Call me Ishmael. Some years ago, never mind how long precisely, having little or no money in my"
    " purse, and nothing particular to interest me on shore, I thought I would sail about a little"
    " and see the watery part of the world.\n\nIt is a way I have of driving off the spleen, and"
    " regulating the circulation: whenever I find myself growing grim about the mouth."
)
WORLD = (
    "Die Straße führt über Zürich nach Genève, wo 👩‍👩‍👧 wohnen. 東京は日本の首都で、人口は約1400万人です。"
    " 한국어 문장도 있습니다. Cafe\u0301 re\u0301sume\u0301 naïve.\n\n    indented = code\n\nEnde."
)


@pytest.fixture
def terminal(tmp_path):
    """Opens terminals, and closes them."""
    opened = []

    def open_terminal(*command, width=80):
        opened.append(Terminal(tmp_path / f"tmux-{len(opened)}", *command, width=width))
        return opened[-1]

    yield open_terminal
    for one in opened:
        one.close()


def greedy(text, width):
    """The lines of *text*, by the standard library; for one cell a character."""
    fill = {"break_long_words": False, "break_on_hyphens": False}
    return "\n".join(
        textwrap.fill(line, width, **fill) if line else "" for line in text.split("\n")
    )


def spoken(text):
    """An answer that says *text*, a few bytes in each event, as a server sends it."""
    pieces = [text[start : start + 3] for start in range(0, len(text), 3)]
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    events.append({"choices": [{"index": 0, "finish_reason": "stop"}]})
    lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    return Answer(body=f"{lines}data: [DONE]\n\n".encode())


@pytest.mark.parametrize("width", WIDTHS)
async def test_lines_are_broken_between_words(terminal, width):
    async with FaultyServer([spoken(ENGLISH), spoken(WORLD)]) as server:
        address = ["--base-url", server.url("local")]
        chat = terminal("chat", "--model", "local/m", *address, width=width)
        assert await chat.ask("Why?") == greedy(ENGLISH, width)
        assert await chat.ask("Wo?") == wrapped(WORLD, width)
    begun = "local/m answers. /help lists what you can write, Ctrl-D ends."
    assert chat.screen().split("\n> Why?")[0] == greedy(begun, width)
    listed = await chat.ask("/help")
    assert listed == greedy("\n".join(unwrapped(listed)), width)
    wrong = "error: unknown provider 'opnai': did you mean 'openai'?"
    assert await chat.ask("/model opnai/m") == greedy(wrong, width)
    assert all(cell_len(line) <= width for line in chat.screen().split("\n"))
    chat.type("C-d")
    await chat.wait("^status=0$")


def unwrapped(text):
    """Each entry of the list that /help shows, on one line."""
    entries = []
    for line in text.split("\n"):
        if line.startswith(("/", "Enter asks")) or not entries:
            entries.append(line)
        else:
            entries[-1] += f" {line}"
    return entries


async def test_pasted_lines_are_one_question(terminal):
    async with local.serve() as server:
        chat = terminal("chat", "--model", "local/m", "--base-url", server.url("local"))
        await chat.wait_for_prompt()
        chat.paste("one\ntwo\nthree")
        await chat.wait("^· three$")
        assert not server.requests
        chat.type("Enter")
        await server.wait_requests(1)
        # While an answer comes, too: this one is stopped when the lines are there.
        await chat.ask("/model m-stall")
        chat.type("Why?", "Enter")
        await server.wait_active(1)
        chat.paste("four\nfive")
        chat.type("Enter")
        await server.wait_active(1)
        chat.send_signal(signal.SIGINT)
        await server.wait_requests(3)
        questions = [request.json()["messages"][-1]["content"] for request in server.requests]
    assert questions == ["one\ntwo\nthree", "Why?", "four\nfive"]


async def test_ctrl_c_stops_an_answer_which_is_kept(terminal, tmp_path):
    path = tmp_path / "talk.json"
    async with local.serve() as server:
        address = ["--base-url", server.url("local")]
        chat = terminal("chat", "--model", "local/m-stall", *address, "--save", str(path))
        await chat.wait_for_prompt()
        chat.type("Why?", "Enter")
        await server.wait_active(1)
        await chat.wait(r"^> Why\?\n\w+")
        chat.type("C-c")
        await chat.wait(r"^\(stopped\)$")
        await server.wait_active(0)
        await chat.wait_for_prompt()
        chat.type("half a question", "C-c")
        await chat.wait("^> half a question$")
        assert "error" not in await chat.ask("/model m")
        answer = await chat.ask("Again?")
        asked = [request.json()["messages"] for request in server.requests]
    assert answer
    assert [message["role"] for message in asked[1]] == ["user", "assistant", "user"]
    assert len(asked[1][1]["content"]) > 20
    assert len(Session.load(path).messages) == 4


async def test_what_is_typed_while_an_answer_comes_is_asked_next(terminal):
    async with local.serve() as server:
        chat = terminal("chat", "--model", "local/m-slow", "--base-url", server.url("local"))
        await chat.wait_for_prompt()
        chat.type("Why?", "Enter")
        await server.wait_active(1)
        chat.type("And then?")
        chat.send_signal(signal.SIGINT)
        screen = await chat.wait(r"^> And then\?\Z")
        assert screen.count("And then?") == 1  # it was not shown in the middle of the answer


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
async def test_a_signal_ends_the_chat_and_leaves_the_terminal_as_it_was(number, status, terminal):
    chat = terminal("chat", "--provider", "local")
    await chat.wait_for_prompt()
    assert not chat.shows_what_is_typed()
    chat.send_signal(number)
    await chat.wait(f"^status={status}$")
    assert chat.shows_what_is_typed()


@pytest.mark.parametrize("width", WIDTHS)
async def test_the_other_screens_split_no_word(terminal, width):
    demo = terminal("demo", "--rate", "10000", width=width)
    served = terminal("serve", width=width)
    screen = await demo.wait("^status=0$")
    for provider in ("openai", "anthropic", "gemini", "groq"):
        assert f"─ {provider} · " in screen
    assert screen.count("complete") == screen.count("characters") == 4
    screen = await served.wait("Ctrl-C stops")
    assert screen.count("http://127.0.0.1:") == len(local.PROVIDERS)
    served.type("C-c")
    await served.wait("^status=0$")
