"""``demo``: four providers' models answer one question at once, through HTTP on this machine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap
from typing import Final

import attrs
import trio
from rich.console import Console
from rich.text import Text

from .. import LionprideError, Session, iModel, local
from .._safe_text import escape_controls
from ..observe import Timeline
from ._panels import Panels
from ._screen import PlainPipeConsole
from ._waterfall import Waterfall

MODELS: Final = {
    "openai": "gpt-4o-mini",
    "anthropic": "claude-haiku-4-5",
    "gemini": "gemini-2.5-flash",
    "groq": "llama-3.3-70b-versatile",
}
REFRESH_SECONDS: Final = 1 / 15
PIPE_COLUMNS: Final = 100
"""Columns of a waterfall that goes into a pipe."""


@attrs.define
class Answer:
    """One model's answer so far; what is shown of it holds no control characters."""

    provider: str
    model: str
    text: str = ""
    chunks: int = 0
    first: float | None = None
    """Seconds from asking to the first chunk with text."""
    ended: str = ""
    """The verdict, or what went wrong."""
    failed: bool = False

    def take(self, data: str, elapsed: float) -> None:
        """Add a chunk's text."""
        if data:
            self.text += escape_controls(data)
            self.chunks += 1
            self.first = elapsed if self.first is None else self.first

    @property
    def title(self) -> str:
        """Who answers."""
        return f"{self.provider} · {self.model}"

    @property
    def summary(self) -> str:
        """One line about the stream."""
        first = "never" if self.first is None else f"{self.first:.3f} s"
        counts = f"{self.chunks:>4} chunks  {len(self.text):>5} characters"
        return f"{self.provider:<10} {counts}  first after {first:>8}  {self.ended}"


async def show(
    question: str,
    *,
    rate: float | None,
    seed: int,
    console: Console | None = None,
    timeline: bool = False,
) -> int:
    """Ask, show, sum up.  A terminal sees the answers come; a pipe gets them when all are there.

    With *timeline* the terminal sees the waterfall of the calls grow in the place of the answers.
    """
    console = console or PlainPipeConsole()
    answers = list(starmap(Answer, MODELS.items()))
    seen = Timeline()
    watching = [seen] if timeline else []
    async with (
        local.serve(rate=rate, seed=seed) as server,
        Session(observers=watching) as session,
    ):
        models = [_model(session, answer, server.url(answer.provider)) for answer in answers]
        if console.is_terminal and not console.is_dumb_terminal:
            view = Waterfall(console, question, seen) if timeline else Panels(console, question)
            with view as shown:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(_refresh, shown, answers)
                    await _ask_all(models, question, answers)
                    nursery.cancel_scope.cancel()
            view.print_whole(answers)
        else:
            await _ask_all(models, question, answers)
            for answer in answers:
                print(f"{answer.title}\n{answer.text}\n")
            if timeline:
                print(f"{seen.to_text(width=PIPE_COLUMNS)}\n")
    for answer in answers:
        if console.is_terminal:
            console.print(Text(answer.summary))  # which may be narrow
        else:
            print(answer.summary)
    return int(any(answer.failed for answer in answers))


def _model(session: Session, answer: Answer, base_url: str) -> iModel:
    # The server takes any key, and a real one has no business there.
    model = iModel(answer.provider, answer.model, api_key="local", base_url=base_url, stream=True)
    session.services.register(model)
    return model


async def _ask_all(models: Sequence[iModel], question: str, answers: Sequence[Answer]) -> None:
    async with trio.open_nursery() as nursery:
        for model, answer in zip(models, answers, strict=True):
            nursery.start_soon(_ask, model, question, answer)


async def _ask(model: iModel, question: str, answer: Answer) -> None:
    began = trio.current_time()
    try:
        async with model.stream(question) as reply:
            async for chunk in reply:
                answer.take(chunk.data, trio.current_time() - began)
        answer.ended = reply.response.verdict.value
    except LionprideError as error:
        answer.ended = "failed: " + " ".join(str(error).split())
        answer.failed = True


async def _refresh(view: Panels | Waterfall, answers: Sequence[Answer]) -> None:
    while True:
        view.show(answers)
        await trio.sleep(REFRESH_SECONDS)
