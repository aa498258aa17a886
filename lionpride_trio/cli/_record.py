"""``record`` and ``replay``: a model call into a file, and out of it again."""

from __future__ import annotations

import sys

import attrs
import trio

from .. import LionprideError, Response, iModel
from .._safe_text import escape_controls
from ..providers import get
from ..recording import RecordedCall, Recording, record, replay
from ..recording._replay_client import Pace
from ..sinks._common import text_in
from ._model import open_model
from ._paths import check_file
from ._screen import AnswerText


async def record_call(
    path: str,
    question: str,
    *,
    provider: str | None,
    model: str = "",
    base_url: str | None = None,
) -> int:
    """Ask a model one *question* and record the call at *path*, while the answer is shown."""
    open_model(provider, model, base_url)  # what is wrong is told before the file is written anew
    async with record(path) as client:
        asked = open_model(provider, model, base_url, http_client=client, retry=None)
        await _show(asked, question, stream=True)
    print(f"recorded in {escape_controls(path)}")
    return 0


async def replay_calls(path: str, *, pace: Pace = "recorded") -> int:
    """Show all answers recorded at *path*.  The exit code is 1 when one of them failed."""
    await trio.to_thread.run_sync(check_file, path)
    recording = Recording.load(path)
    failed = False
    for number, call in enumerate(recording.calls, 1):
        if len(recording.calls) > 1:
            print(f"[{number}] {escape_controls(call.url)}")
        one = attrs.evolve(recording, calls=(call,))
        try:
            await _show(replay(one, pace=pace), "replay", stream=_streamed(call))
        except LionprideError as error:
            failed = True
            print("error:", " ".join(str(error).split()))
    return int(failed)


def _streamed(call: RecordedCall) -> bool:
    """Whether the answer was asked for as a stream."""
    if call.provider is None:
        return False  # and `replay` refuses it
    return get(call.provider, call.endpoint).read_request(call.url, call.body)[1]


async def _show(model: iModel, question: str, *, stream: bool) -> None:
    """Print an answer as it comes, and how it ended."""
    response: Response
    if stream:
        async with model.stream(question) as reply:
            answer = AnswerText(sys.stdout)
            try:
                async for batch in reply.batches():
                    await answer.write(text_in(batch))
            finally:
                await answer.end()
            response = reply.response
    else:
        response = await model.complete(question)
        print(escape_controls(response.text))
    usage = response.usage
    tokens = "" if usage is None else f", {usage.output_tokens} tokens"
    print(f"({response.verdict.value}{tokens})")
