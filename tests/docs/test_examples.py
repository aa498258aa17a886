"""The recipe's programs, as they stand in docs/examples, run against the embedded server."""

import re
from pathlib import Path

import pytest

from lionpride_trio import Session, StreamTruncated, iModel
from lionpride_trio.session import InstructionContent, Message
from tests.docs.markdown import EXAMPLES, load


async def answer(provider, model, question, **options):
    return (await iModel(provider, model, **options).complete(question)).text


def test_each_example_has_its_test():
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    for path in EXAMPLES.glob("*.py"):
        assert f'load("{path.stem}")' in tests, f"{path.name} is run by no test"
        program = path.read_text(encoding="utf-8")
        assert re.search(r'\nif __name__ == "__main__":\n    (trio|asyncio)\.run\(', program)


async def test_basic_streaming(server, capsys):
    await load("basic_streaming")["stream_chat"]()
    question = "Write a short story about a robot learning to paint"
    story = await answer("openai", "gpt-4o-mini", question)
    assert capsys.readouterr().out == f"Assistant: {story}\n"
    assert b'"temperature": 0.7' in server.requests[0].body


async def test_branch_context(server, capsys):
    session, branch = await load("branch_context")["stream_with_context"]()
    out = capsys.readouterr().out
    second = server.requests[1].json()["messages"]
    assert [message["role"] for message in second] == ["user", "assistant", "user"]
    texts = [str(m.chat_msg["content"]) for m in session.history(branch)]
    assert len(texts) == 3
    assert texts[:2] == [message["content"] for message in second[:2]]
    assert out == f"\nUser: Can you give me a practical example?\nAssistant: {texts[2]}\n\n"


async def test_progress(server, capsys):
    text = await load("progress")["stream_with_progress"]()
    out = capsys.readouterr().out
    match = re.fullmatch(
        r"Generating response(\.+)\n\nReceived (\d+) token chunks\n\nResponse:\n(.+)\n",
        out,
        re.DOTALL,
    )
    assert len(match[1]) == int(match[2]) // 10
    assert match[3] == text
    assert text == await answer("openai", "gpt-4o", "Explain quantum entanglement in detail")


async def test_parallel(server, capsys):
    results = await load("parallel")["parallel_streaming"]()
    out = capsys.readouterr().out
    question = "What is the future of AI?"
    assert results["GPT"] == await answer("openai", "gpt-4o-mini", question)
    assert results["Claude"] == await answer("anthropic", "claude-3-5-haiku-20241022", question)
    for label, text in results.items():
        assert f"[{label}] Starting..." in out
        assert re.search(rf"\[{label}\] Complete \(\d+ chunks\)", out)
        assert f"{label} Response ({len(text)} chars):\n{text[:200]}..." in out


async def test_variations(server, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    await load("variations")["main"]()
    text = await answer("openai", "gpt-4o-mini", "What is the sea?")
    out = capsys.readouterr().out
    formatted, _, rest = out.partition("\n\nTotal words: ~")
    assert formatted.replace(" ", "") == text.replace(" ", "")
    assert rest.partition("\n")[2] == f"{text}Response saved to output.txt\n{text}"
    assert (tmp_path / "output.txt").read_text() == text


async def test_the_variation_that_handles_errors_gives_what_came(server, capsys):
    safe_stream = load("variations")["safe_stream"]
    message = Message(content=InstructionContent(instruction="hi")).chat_msg
    async with Session() as session:
        model = iModel("openai", "m-cut", stream=True)
        session.services.register(model)
        text = await safe_stream(model, message)
    out = capsys.readouterr().out
    assert out.startswith(text)
    assert "Streaming error: openai/m-cut: the body ended without the provider's end mark" in out
    with pytest.raises(StreamTruncated) as caught:
        async with model.stream([message]) as reply:
            async for _ in reply:
                pass
    assert caught.value.partial.text == text != ""
