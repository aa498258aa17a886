"""Chat: what becomes of each line that is typed."""

import json

import pytest

from lionpride_trio import Session, local
from lionpride_trio.cli._chat import _Chat, talk
from lionpride_trio.cli._conversation import Conversation, question
from lionpride_trio.cli._editor import Interrupted
from lionpride_trio.cli._kept import open_conversation
from lionpride_trio.cli._model import open_model
from lionpride_trio.testing import Answer, FaultyServer


class Typed:
    """An editor on which the lines have been typed already; an exception is raised."""

    def __init__(self, lines):
        self.lines = list(lines)

    async def next_question(self):
        line = self.lines.pop(0) if self.lines else None
        if isinstance(line, Exception):
            raise line
        return line

    def interrupt(self):
        pass


@pytest.fixture
async def server():
    async with local.serve() as server:
        yield server


async def chat(server, *lines, model="m", save=None, resume=None, system=None):
    """Type *lines* to a chat that *server* answers; what was asked of it meanwhile."""
    before = len(server.requests)
    opened = open_conversation(save=save, resume=resume, system=system)
    async with opened.session as session:
        url = server.url("local")
        asked = open_model("local", model, url)
        conversation = Conversation.begin(session, opened.branch, asked, url)
        typed = _Chat(conversation, Typed(lines), save, save or opened.path)
        assert await typed.run() == 0
    return [spoken(request) for request in list(server.requests)[before:]]


def spoken(request):
    return [(message["role"], message["content"]) for message in request.json()["messages"]]


def questions(messages):
    return [content for role, content in messages if role == "user"]


async def test_each_line_is_a_question_and_the_past_is_kept(server, capsys):
    asked = await chat(server, "hi", " ", "", "one\ntwo", system="Be kind.")
    first, _ = capsys.readouterr().out.split("\n", 1)
    assert asked[0] == [("system", "Be kind."), ("user", "hi")]
    assert [role for role, _ in asked[1]] == ["system", "user", "assistant", "user"]
    assert asked[1][2][1].startswith(first)
    assert asked[1][3] == ("user", "one\ntwo")


async def test_an_interrupted_line_is_not_asked(server):
    assert len(await chat(server, Interrupted(), "hi")) == 1


async def test_an_error_is_one_line_and_leaves_no_trace(server, capsys):
    asked = await chat(server, "hi", "again", model="m-error-403")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [line[:25] for line in captured.err.splitlines()] == ["error: local/m-error-403:"] * 2
    assert [questions(messages) for messages in asked] == [["hi"], ["again"]]


async def test_a_cut_answer_says_so_and_is_kept(capsys):
    said = b'data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n'
    cut = b'data: {"choices":[{"index":0,"finish_reason":"length"}]}\n\ndata: [DONE]\n\n'
    async with FaultyServer(Answer(body=said + cut)) as server:
        opened = open_conversation(save=None, resume=None, system=None)
        async with opened.session as session:
            model = open_model("local", "m", server.url("local"))
            conversation = Conversation.begin(session, opened.branch, model)
            await _Chat(conversation, Typed(["hi", "and then?"]), None, None).run()
        messages = json.loads(server.requests[1].body)["messages"]
    captured = capsys.readouterr()
    assert captured.out == "Hel\nHel\n"
    assert captured.err == "(the answer was cut: length)\n" * 2
    assert [message["content"] for message in messages] == ["hi", "Hel", "and then?"]


class Stopping:
    """Stops the answer when its first text is there."""

    conversation = None

    async def write(self, text):
        if text:
            self.conversation.stop()


async def test_what_came_of_a_stopped_answer_is_kept_without_calls_that_get_no_result():
    call = {"index": 0, "id": "c1", "function": {"name": "look", "arguments": "{}"}}
    deltas = [{"tool_calls": [call]}, {"content": "Hel"}, {"content": "lo"}]
    events = [json.dumps({"choices": [{"index": 0, "delta": delta}]}) for delta in deltas]
    body = "".join(f"data: {event}\n\n" for event in events).encode()
    async with FaultyServer(Answer(body=body, one_packet=True, then="stall")) as server:
        opened = open_conversation(save=None, resume=None, system=None)
        async with opened.session as session:
            model = open_model("local", "m", server.url("local"))
            conversation = Conversation.begin(session, opened.branch, model)
            shown = Stopping()
            shown.conversation = conversation
            answer = await conversation.ask(question("Why?"), shown)
            said = [message.chat_msg for message in session.history(opened.branch)]
    assert conversation.was_stopped
    assert answer.text == "Hello"
    assert said == [
        {"role": "user", "content": "Why?"},
        {"role": "assistant", "content": "Hello"},
    ]
    assert not conversation.stop()


async def test_help_lists_every_command(server, capsys):
    assert await chat(server, "/help") == []
    listed = capsys.readouterr().err
    for command in ("/help", "/save", "/model", "/system", "/retry", "/quit", "Ctrl-C"):
        assert command in listed


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/hepl", "there is no command /hepl: did you mean /help?"),
        ("/qqqqq", "there is no command /qqqqq: /help lists them"),
        ("/retry", "/retry asks the last question again, and there is none yet"),
        ("/retry now", "/retry stands by itself, without 'now'"),
        ("/save", "/save needs the name of a file: write /save talk.json"),
        ("/save /nowhere/talk.json", "there is no folder '/nowhere' to save in"),
        ("/model opnai/m", "unknown provider 'opnai': did you mean 'openai'?"),
        (
            "/model openai/m",
            "no key for provider 'openai': set the environment variable OPENAI_API_KEY",
        ),
    ],
)
async def test_a_wrong_command_is_told_and_the_chat_goes_on(line, words, server, capsys):
    asked = await chat(server, line, "hi")
    assert capsys.readouterr().err == f"error: {words}\n"
    assert [questions(messages) for messages in asked] == [["hi"]]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("/etc/passwd is what?", "/etc/passwd is what?"),
        ("//help me", "/help me"),
        ("/help\nme", "/help\nme"),
    ],
)
async def test_a_question_may_begin_with_a_slash(line, text, server):
    ((asked,),) = await chat(server, line)
    assert asked == ("user", text)


async def test_quit_ends_the_chat(server):
    assert await chat(server, "/quit", "hi") == []


async def test_retry_replaces_the_last_turn(server, capsys, tmp_path):
    path = tmp_path / "talk.json"
    asked = await chat(server, "one", "two", "/retry", "three", save=str(path))
    assert list(map(questions, asked)) == [
        *(["one"], ["one", "two"], ["one", "two"], ["one", "two", "three"])
    ]
    # Nothing of the answer that was replaced is in the file.
    assert len(Session.load(path).messages) == 6


async def test_retry_asks_a_question_again_that_failed(server, capsys):
    asked = await chat(
        server, "one", "/model m-cut", "two", "/retry", "/model m", "/retry", "three"
    )
    assert list(map(questions, asked)) == [
        *(["one"], ["one", "two"], ["one", "two"], ["one", "two"], ["one", "two", "three"])
    ]


async def test_a_retry_that_fails_keeps_the_answer_that_was_there(server, capsys):
    asked = await chat(server, "one", "/model m-cut", "/retry", "/model m", "two")
    assert list(map(questions, asked)) == [["one"], ["one"], ["one", "two"]]
    assert [role for role, _ in asked[2]] == ["user", "assistant", "user"]


async def test_the_model_can_be_changed(server, capsys):
    before = len(server.requests)
    await chat(server, "one", "/model", "/model local/other", "two", "/model third", "three")
    named = [request.json()["model"] for request in list(server.requests)[before:]]
    assert named == ["m", "other", "third"]  # at the address that was given
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("(")]
    assert told == ["(local/m answers)", "(local/other answers)", "(local/third answers)"]


async def test_the_system_text_can_be_changed_and_taken_away(server, capsys):
    asked = await chat(
        server, "one", "/system Be brief.", "two", "/system Be kind.", "three", "/system", "four"
    )
    systems = [[text for role, text in messages if role == "system"] for messages in asked]
    assert systems == [[], ["Be brief."], ["Be kind."], []]
    assert [messages[0][0] for messages in asked] == ["user", "system", "system", "user"]


async def test_a_conversation_is_saved_from_then_on_and_gone_on_with(server, capsys, tmp_path):
    path = tmp_path / "talk.json"
    await chat(server, "one", f"/save {path}", "two", system="Be kind.")
    assert f"(saved in {path})" in capsys.readouterr().err
    assert len(Session.load(path).messages) == 5
    asked = await chat(server, "three", "/save", "four", resume=str(path))
    assert list(map(questions, asked)) == [["one", "two", "three"], ["one", "two", "three", "four"]]
    assert asked[0][0] == ("system", "Be kind.")
    assert len(Session.load(path).messages) == 9


async def test_a_file_of_somebody_else_s_is_not_written_over(server, capsys, tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear")
    await chat(server, "one", f"/save {path}")
    assert capsys.readouterr().err.endswith(f"{path} is there already: choose another name\n")
    assert path.read_text() == "Dear"


async def test_what_is_piped_in_is_one_question(server, stdin, capsys):
    stdin("hi\n\n/retry\nand then?\n")
    url = server.url("local")
    assert await talk("local", "m", base_url=url, system="Be kind.") == 0
    assert questions(spoken(server.requests[-1])) == ["hi\n\n/retry\nand then?\n"]
    assert capsys.readouterr().err == ""
    stdin("hi")
    assert await talk("local", "m-filtered", base_url=url) == 3
