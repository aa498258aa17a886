"""The commands, and what they have in common: errors are one line, not a traceback."""

from __future__ import annotations

import sys
from collections.abc import Awaitable
from typing import Annotated, Final, Literal

from cyclopts import App, Parameter

from .. import __version__
from .._errors import ConfigurationError, LionprideError
from .._text import escape_controls
from ._chat import talk
from ._demo import DEFAULT_QUESTION, show
from ._flow import show as show_flow
from ._record import record_call, replay_calls
from ._serve import run

app: Final = App(
    name="lionpride-trio",
    help="Streaming replies of language models, on trio.",
    version=__version__,
    backend="trio",
    suppress_keyboard_interrupt=False,
)


@app.command
async def demo(
    *,
    question: Annotated[str, Parameter(help="What all are asked.")] = DEFAULT_QUESTION,
    rate: Annotated[float, Parameter(help="Pieces a second of each answer.")] = 40.0,
    seed: Annotated[int, Parameter(help="Changes what is answered.")] = 0,
) -> int:
    """Four providers' models answer one question at once, through HTTP on this machine."""
    return await _reported(show(question, rate=rate, seed=seed))


@app.command
async def chat(
    *,
    provider: Annotated[str, Parameter(help="Such as openai, anthropic, gemini, groq, local.")],
    model: Annotated[str, Parameter(help="The model's id; 'local' needs none.")] = "",
    base_url: Annotated[str | None, Parameter(help="Where the provider is, if elsewhere.")] = None,
    system: Annotated[str | None, Parameter(help="What the model is told before all else.")] = None,
) -> int:
    """Talk to a model: a line is a question; Ctrl-C stops an answer, or leaves."""
    return await _reported(talk(provider, model, base_url=base_url, system=system))


@app.command
async def serve(
    *,
    host: Annotated[str, Parameter(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes a free one.")] = 0,
    rate: Annotated[
        float | None,
        Parameter(help="Pieces a second of each stream; as fast as possible if not given."),
    ] = None,
    seed: Annotated[int, Parameter(help="Changes what is answered.")] = 0,
    strict: Annotated[bool, Parameter(help="Refuse what the providers themselves refuse.")] = True,
) -> int:
    """Run the embedded server by itself, until Ctrl-C."""
    return await _reported(run(host, port, rate=rate, seed=seed, strict=strict))


@app.command
async def flow(
    target: Annotated[str, Parameter(help="FILE.py:NAME, a Builder or a function that makes one.")],
    *,
    max_concurrent: Annotated[int | None, Parameter(help="Operations at a time.")] = None,
    on_error: Annotated[
        Literal["cancel", "skip"], Parameter(help="What a failure does to the others.")
    ] = "cancel",
) -> int:
    """Run a workflow and watch its operations as a tree."""
    return await _reported(show_flow(target, max_concurrent=max_concurrent, on_error=on_error))


@app.command
async def record(
    path: Annotated[str, Parameter(help="The file, which is written anew.")],
    question: Annotated[str, Parameter(help="What the model is asked.")],
    *,
    provider: Annotated[str, Parameter(help="Such as openai, anthropic, gemini, groq.")],
    model: Annotated[str, Parameter(help="The model's id.")] = "",
    base_url: Annotated[str | None, Parameter(help="Where the provider is, if elsewhere.")] = None,
) -> int:
    """Ask a model one question and record the call, its secrets masked."""
    return await _reported(
        record_call(path, question, provider=provider, model=model, base_url=base_url)
    )


@app.command
async def replay(
    path: Annotated[str, Parameter(help="What record wrote.")],
    *,
    at_once: Annotated[bool, Parameter(help="Do not keep to the recorded pace.")] = False,
) -> int:
    """Show the answers of a recording, as they came."""
    return await _reported(replay_calls(path, pace="at_once" if at_once else "recorded"))


async def _reported(command: Awaitable[int]) -> int:
    """The command's exit code, with an error told in one line."""
    try:
        return await command
    except BrokenPipeError:
        raise
    except (LionprideError, OSError) as error:
        text = " ".join(escape_controls(str(error)).split())
        print(f"error: {text}", file=sys.stderr)
        return 2 if isinstance(error, ConfigurationError) else 1
