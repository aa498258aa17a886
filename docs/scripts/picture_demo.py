"""Draw `make demo` in the middle of its answers, into the file that is named.

The answers come from the embedded server over real HTTP, as in the demo. Each is stopped after a number
of pieces that is written below, so that the picture is the same each time.
"""

from __future__ import annotations

import io
import re
import sys
from itertools import starmap
from pathlib import Path

import trio
from rich.console import Console

from lionpride_trio import Session, iModel, local
from lionpride_trio.cli._demo import MODELS, Answer
from lionpride_trio.cli._panels import Panels

QUESTION = "What is it about the sea?"
WIDTH, HEIGHT = 96, 22
PIECES = {"openai": 66, "anthropic": 48, "gemini": 81, "groq": 90}
"""How far each answer has come."""


async def answers() -> list[Answer]:
    """The answers of all models, each as far as it has come."""
    begun = list(starmap(Answer, MODELS.items()))
    async with local.serve() as server, Session() as session:
        for answer in begun:
            model = iModel(
                answer.provider,
                answer.model,
                api_key="local",
                base_url=server.url(answer.provider),
            )
            session.services.register(model)
            async with model.stream(QUESTION) as reply:
                async for chunk in reply:
                    answer.take(chunk.data, 0.0)
                    if answer.chunks == PIECES[answer.provider]:
                        break
    return begun


def picture(shown: list[Answer]) -> str:
    """The terminal as an SVG that asks no other host for its fonts."""
    console = Console(
        record=True, width=WIDTH, height=HEIGHT, file=io.StringIO(), force_terminal=True
    )
    panels = Panels(console, QUESTION)
    console.print(panels._grid(shown, HEIGHT // 2 - 3))  # ruff: ignore[private-member-access] - what its live view draws
    svg = console.export_svg(title="make demo", unique_id="demo")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code", "ui-monospace, Menlo, Consolas")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(picture(trio.run(answers)), encoding="utf-8")
