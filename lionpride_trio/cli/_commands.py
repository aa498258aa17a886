"""The commands and their options."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias

from cyclopts import App, Parameter
from cyclopts.exceptions import CycloptsError

from .. import __version__
from .._errors import LionprideError
from . import _ask
from ._completion import Shell, give_completion
from ._errors import WRONG_USE, status_of, usage_words, words_of
from ._flow import show as show_flow
from ._record import record_call, replay_calls
from ._runs import list_runs, send_answer, show_run, stop_run
from ._screen import PlainPipeConsole, note, settle_output

app: Final = App(
    name="lionpride-trio",
    help="Streaming replies of language models, on trio.",
    version=__version__,
    backend="trio",
    suppress_keyboard_interrupt=False,
    print_error=False,
    exit_on_error=False,
    console=PlainPipeConsole(),
)


def run(tokens: Sequence[str] | None) -> int:
    """Run the command that *tokens* say; the exit status.  Errors are one line."""
    try:
        status = int(app(tokens, result_action="return_int_as_exit_code_else_zero"))
        sys.stdout.flush()
    except CycloptsError as error:
        note(f"error: {usage_words(error)}")
        return WRONG_USE
    except BrokenPipeError:
        raise
    except (LionprideError, OSError) as error:
        note(f"error: {words_of(error)}")
        settle_output()
        return status_of(error)
    return status


def _rate(_: Any, rate: float | None) -> None:
    if rate is not None and not rate > 0:
        raise ValueError(f"--rate takes pieces a second above 0, not {rate:g}")


def _port(_: Any, port: int) -> None:
    if not 0 <= port <= 65535:
        raise ValueError(f"--port takes a number from 0 to 65535, not {port}")


def _at_least_one(_: Any, number: int | None) -> None:
    if number is not None and number < 1:
        raise ValueError(f"--max-concurrent takes a whole number of at least 1, not {number}")


Provider: TypeAlias = Annotated[
    str | None,
    Parameter(help="Who runs the model: openai, anthropic, gemini, groq, ollama, local …"),
]
ModelName: TypeAlias = Annotated[
    str,
    Parameter(
        help="The model's id, or PROVIDER/MODEL. The provider local needs none.",
        show_default=False,
    ),
]
BaseURL: TypeAlias = Annotated[
    str | None, Parameter(help="The provider's address, where it is not the usual one.")
]
System: TypeAlias = Annotated[str | None, Parameter(help="What the model is told before all else.")]
Save: TypeAlias = Annotated[
    str | None,
    Parameter(help="Keep the conversation in this file, and go on with it if it is there."),
]
Resume: TypeAlias = Annotated[
    str | None, Parameter(help="Go on with the conversation in this file.")
]
JournalFile: TypeAlias = Annotated[
    str, Parameter(help="The file that 'flow --journal' was given, or redis://HOST.")
]
RunName: TypeAlias = Annotated[str, Parameter(help="The run's name, as 'runs' lists it.")]


@app.command
async def ask(
    *question: Annotated[str, Parameter(help="What the model is asked.")],
    provider: Provider = None,
    model: ModelName = "",
    base_url: BaseURL = None,
    system: System = None,
    json: Annotated[
        bool,
        Parameter(
            negative=(), show_default=False, help="Print one JSON object when the answer has ended."
        ),
    ] = False,
    save: Save = None,
    resume: Resume = None,
) -> int:
    """Ask a model one question. What is piped in is its context.

    The exit status is 0 for a whole answer, 3 for one that was cut, 1 after an error.
    """
    return await _ask.ask(
        " ".join(question),
        provider=provider,
        model=model,
        base_url=base_url,
        system=system,
        as_json=json,
        save=save,
        resume=resume,
    )


@app.command
async def chat(
    *,
    provider: Provider = None,
    model: ModelName = "",
    base_url: BaseURL = None,
    system: System = None,
    save: Save = None,
    resume: Resume = None,
    history: Annotated[
        bool,
        Parameter(
            negative="--no-history",
            show_default=False,
            help="Keep what you type, for the arrow keys of the next chat.",
        ),
    ] = True,
) -> int:
    """Talk to a model. Ctrl-C stops an answer, Ctrl-D ends the chat.

    Piped text is one question.
    """
    from ._chat import talk  # prompt_toolkit takes as long to import as all the rest

    return await talk(
        provider,
        model,
        base_url=base_url,
        system=system,
        save=save,
        resume=resume,
        history=history,
    )


@app.command
async def demo(
    *,
    question: Annotated[str, Parameter(help="What all are asked.")] = "What is it about the sea?",
    rate: Annotated[
        float, Parameter(help="Pieces a second of each answer.", validator=_rate)
    ] = 40.0,
    seed: Annotated[int, Parameter(help="Another number, other answers.")] = 0,
    timeline: Annotated[
        bool,
        Parameter(negative=(), show_default=False, help="Show when what came, not what it says."),
    ] = False,
) -> int:
    """Let four providers' models answer one question at once, on this machine."""
    from ._demo import show  # the embedded server takes as long to import as all the rest

    return await show(question, rate=rate, seed=seed, timeline=timeline)


@app.command
async def serve(
    *,
    host: Annotated[str, Parameter(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes a free one.", validator=_port)] = 0,
    rate: Annotated[
        float | None,
        Parameter(
            help="Pieces a second of each answer; as fast as possible if not given.",
            validator=_rate,
        ),
    ] = None,
    seed: Annotated[int, Parameter(help="Another number, other answers.")] = 0,
    strict: Annotated[bool, Parameter(help="Refuse what the providers themselves refuse.")] = True,
) -> int:
    """Run the embedded server by itself, until Ctrl-C."""
    from ._serve import run as run_server

    return await run_server(host, port, rate=rate, seed=seed, strict=strict)


@app.command
async def web(
    *,
    model: Annotated[
        list[str] | None,
        Parameter(
            negative=(),
            help="PROVIDER/MODEL, once for each model; three of the provider local if not given.",
        ),
    ] = None,
    host: Annotated[str, Parameter(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="The port; 0 takes a free one.", validator=_port)] = 8765,
    store: Annotated[
        str, Parameter(help="Where answers are kept: memory:, sqlite:///FILE or redis://HOST.")
    ] = "memory:",
    rate: Annotated[
        float, Parameter(help="Pieces a second of the provider local.", validator=_rate)
    ] = 30.0,
    seed: Annotated[int, Parameter(help="Another number, other answers of local.")] = 0,
) -> int:
    """Serve a page that asks several models at once, until Ctrl-C."""
    from ._web import run as run_page

    return await run_page(host, port, models=model, store=store, rate=rate, seed=seed)


@app.command
async def flow(
    target: Annotated[str, Parameter(help="FILE.py:NAME, a Builder or a function that makes one.")],
    /,
    *,
    max_concurrent: Annotated[
        int | None,
        Parameter(help="Operations that may run at a time.", validator=_at_least_one),
    ] = None,
    on_error: Annotated[
        Literal["cancel", "skip"],
        Parameter(help="What a failure does: cancel the others, or skip what needs it."),
    ] = "cancel",
    journal: Annotated[
        str | None,
        Parameter(
            help="Keep what is done in this file (or redis://HOST), and go on from there if it is there."
        ),
    ] = None,
    run: Annotated[
        str | None,
        Parameter(help="The run's name in the journal; the program's if not given."),
    ] = None,
) -> int:
    """Run a workflow and watch its operations as a tree."""
    return await show_flow(
        target, max_concurrent=max_concurrent, on_error=on_error, journal=journal, run_id=run
    )


@app.command
async def runs(journal: JournalFile) -> int:
    """List the runs of flows and batches in a journal."""
    return await list_runs(journal)


@app.command
async def show(run: RunName, journal: JournalFile) -> int:
    """Show one run: its operations, when each began and ended, and what it waits for."""
    return await show_run(run, journal)


@app.command
async def stop(run: RunName, journal: JournalFile) -> int:
    """Stop a run, in whatever process it is. It can go on later."""
    return await stop_run(run, journal)


@app.command
async def send(
    run: RunName,
    name: Annotated[str, Parameter(help="What the flow waits for.")],
    value: Annotated[str, Parameter(help="The answer, in JSON or as a text.")],
    journal: JournalFile,
) -> int:
    """Answer a run that waits for somebody, now or when it will wait."""
    return await send_answer(run, name, value, journal)


@app.command
async def record(
    path: Annotated[str, Parameter(help="The file, which is written anew.")],
    question: Annotated[str, Parameter(help="What the model is asked.")],
    /,
    *,
    provider: Provider = None,
    model: ModelName = "",
    base_url: BaseURL = None,
) -> int:
    """Ask a model one question and record the call, its secrets masked."""
    return await record_call(path, question, provider=provider, model=model, base_url=base_url)


@app.command
async def replay(
    path: Annotated[str, Parameter(help="A file that record wrote.")],
    /,
    *,
    at_once: Annotated[
        bool, Parameter(negative=(), show_default=False, help="Do not keep to the recorded pace.")
    ] = False,
) -> int:
    """Show the answers of a recording, as they came."""
    return await replay_calls(path, pace="at_once" if at_once else "recorded")


@app.command
def completion(
    shell: Annotated[Shell, Parameter(help="The shell that completes.")],
    /,
    *,
    install: Annotated[
        bool,
        Parameter(
            negative=(),
            show_default=False,
            help="Write it where the shell looks for it, and say where.",
        ),
    ] = False,
) -> None:
    """Print what lets a shell complete commands and options."""
    give_completion(app, shell, install=install)
