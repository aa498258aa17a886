"""The tests mirror the package: who looks for a module's tests finds them by the module's name.

The tests of ``lionpride_trio/room/_name.py`` stand in ``tests/room/test_name.py`` (or
``test_name_….py``, ``test_names.py``, a folder ``name``); those of a room of few stories may stand in
one file that is named for the room, as ``tests/testing/test_laws.py``. Modules that are tested
elsewhere are listed below, with the place and the reason.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import attrs
import pytest

from tests.guards.imports import FACADE, ROOT, read_modules, seed

TESTS = ROOT.parent / "tests"


@attrs.frozen
class Elsewhere:
    """Where the tests of some modules are (patterns of names), and why they are there."""

    modules: str
    places: str
    reason: str


ELSEWHERE = [
    Elsewhere("__main__", "cli", "every test of the command line starts it"),
    # The ground: small modules that each room shows.
    Elsewhere("_checks _hints", "transformers/test_wrong_input.py cli/test_usage.py operations/test_words.py",
              "what they check and say is seen where it is refused"),
    Elsewhere("_assistant", "session/test_messages.py session/test_ask.py", "a session holds answers"),
    Elsewhere("_errors._*", "errors", "one family"),
    Elsewhere("_media", "services/test_files.py", "each wire takes it, or refuses it"),
    Elsewhere("_native _parts", "providers/test_parts_go_back.py chunks", "providers take back what they said"),
    Elsewhere("_typed_data._*", "typed_data", "schemas and reading agree"),
    Elsewhere("_json_form*", "chunks/test_json_form.py", "chunks are what it writes"),
    Elsewhere("_timings", "services/test_record.py", "a call fills them in"),
    Elsewhere("_observer._*", "observer services/test_record.py observe/test_stories.py", "a call and a flow tell their stories"),
    Elsewhere("flow._telling", "observe/test_stories.py", "a flow tells its story"),
    Elsewhere("_portable", "errors/test_pickling.py", "errors ask it"),
    Elsewhere("_undecoded", "chunks/test_undecoded.py", "the wire objects of chunks are such"),
    Elsewhere("_public", "guards/test_public_surface.py", "every public name is held there"),
    Elsewhere("_readonly _response*", "chunks", "chunks add up to a response"),
    Elsewhere("_retry", "services/test_retry.py flow/test_attempt.py", "calls and operations share it"),
    Elsewhere("_safe_text", "errors/test_text.py faults/test_security.py", "errors show it"),
    # Streams on trio.
    Elsewhere("_channels._entrance", "entrances", "it stands at every door of the library"),
    Elsewhere("_channels._lending", "flow/test_lending.py", "slots are lent among operations of a flow"),
    Elsewhere("_channels._ending _channels._ready _channels._statistics", "channels/test_channel.py", "a channel's own parts"),
    Elsewhere("transformers._on_items transformers._on_text",
              "transformers/test_recipes.py transformers/test_wrong_input.py transformers/test_shown.py",
              "recipes keep the same rules whatever their stage"),
    Elsewhere("_transport._*", "transport", "a call goes through all of them"),
    # Machines that are tested by what all of them keep.
    Elsewhere("stages._checks stages._holding stages._buffer",
              "stages/test_laws.py transformers/test_wrong_input.py", "what stages have in common"),
    Elsewhere("stages._lines stages._paragraphs stages._words", "stages/test_splitters.py",
              "three machines of one kind"),
    Elsewhere("stages._json_*", "stages/test_partial_json.py stages/test_json_values.py",
              "two stages are made of it"),
    Elsewhere("stages._literals", "stages/test_stop_at.py stages/test_think_tags.py",
              "two stages are made of it"),
    Elsewhere("stages._markdown_*", "stages/test_markdown.py", "one machine"),
    Elsewhere("stages._possible_match", "stages/test_redact.py", "one machine"),
    Elsewhere("stages.sentences._*", "stages/sentences",
              "rules of one decision, which cases and laws hold together"),
    Elsewhere("wire._event_reader wire._json",
              "wire/test_sse.py providers/test_streams.py providers/test_decoder.py fuzzing",
              "what decoders read of recorded and damaged streams"),
    # Wires.
    Elsewhere("providers._anthropic*", "providers/anthropic", "one wire"),
    Elsewhere("providers._openai_chat* providers._openai_compatible providers._deepseek providers._groq"
              " providers._local providers._openrouter",
              "providers/openai_chat docs/test_other_services.py", "one wire"),
    Elsewhere("providers._gemini*", "providers/gemini", "one wire"),
    Elsewhere("providers._answer_options", "providers/test_answer_schemas.py", "what each provider is told"),
    Elsewhere("providers._delays", "services/test_retry.py providers/test_faults.py", "a failure has them"),
    Elsewhere("providers.encoders._*", "providers/encoders", "encoders keep the same laws"),
    Elsewhere("providers._ollama*", "providers/ollama", "one wire"),
    Elsewhere("providers._openai_responses*", "providers/openai_responses", "one wire"),
    Elsewhere("providers._arguments providers._content providers._ends providers._parsing providers._surrogates",
              "providers/openai_chat providers/openai_responses providers/anthropic providers/gemini",
              "every wire reads with them"),
    Elsewhere("providers._leftovers", "faults providers/test_faults.py", "what a caller sees of a failure"),
    Elsewhere("providers._protocol",
              "services/test_settings.py docs/test_examples.py", "each provider is one, and one of one's own"),
    # Models, flows and sessions.
    Elsewhere("services._address services._extras", "services/test_settings.py docs/test_other_services.py",
              "what a model is made with"),
    Elsewhere("services._typed", "services/test_output.py", "a call whose answer has a type"),
    Elsewhere("stages._answer stages._record transformers._typed", "stages/test_typed.py stages/test_elements.py",
              "two stages are made of it"),
    Elsewhere("services._clocks", "faults/test_clocks.py", "a server is silent"),
    Elsewhere("services._plan services._tool_calls services._turn", "services/test_converse.py", "one loop"),
    Elsewhere("services._ask services._call services._invoked services._reply services._registry",
              "services/test_imodel.py", "the way of one call"),
    Elsewhere("services._messages", "services/test_settings.py", "what a call may be given"),
    Elsewhere("flow._context flow._ledger flow._mermaid flow._nodes", "flow/test_runner.py",
              "what a run is made of, and gives"),
    Elsewhere("flow._graph_checks flow._operation", "flow/test_graph.py", "what is refused before anything runs"),
    Elsewhere("flow._policy", "flow/test_outcome.py flow/test_skipping.py", "what a failure ends"),
    Elsewhere("flow._run", "flow/test_streams.py", "a flow's own stream"),
    Elsewhere("operations._flow operations._flow_builder operations._model_work operations._prompt_text",
              "operations/test_workflows.py operations/test_builder.py", "what builders have built, run"),
    Elsewhere("operations._communicate", "operations/test_turns.py", "one turn"),
    Elsewhere("session._asked", "session/test_ask.py", "one turn"),
    Elsewhere("tools._decorator tools._output tools._running tools._tool", "tools/test_calls.py tools/test_signatures.py",
              "a tool is made of them"),
    Elsewhere("session._branch", "session/test_session.py session/test_messages.py",
              "what a session holds"),
    Elsewhere("durable._memory", "durable/test_model.py durable/test_store.py",
              "it does what every store does"),
    Elsewhere("durable._flow_journal durable._journal_lines flow._journaling",
              "durable/test_journal.py durable/test_journal_changes.py durable/test_journal_crashes.py",
              "a flow has a journal"),
    Elsewhere("durable._after", "durable/test_streams.py web/test_respond.py", "where a reader goes on"),
    Elsewhere("distributed._worker distributed._bridge",
              "distributed/test_remote.py distributed/test_with_ray.py", "the two sides are seen through each other"),
    Elsewhere("aio._crossing", "web/test_on_asyncio.py", "an endpoint on asyncio is answered from trio"),
    Elsewhere("web._page", "web/test_respond.py", "a page sees what is sent to it"),
    Elsewhere("durable._redis_client durable._scripts", "durable/test_redis.py durable/test_store.py",
              "Redis is seen through its store"),
    Elsewhere("durable._tables", "durable/test_sqlite.py durable/test_store.py", "SQLite is seen through its store"),
    Elsewhere("recording._call recording._file recording._format recording._reading recording._replay*",
              "recording/test_record.py",
              "what was recorded is written, read and played again"),
    Elsewhere("sinks._common sinks._draft", "sinks/test_file.py sinks/test_terminal.py", "what sinks share"),
    # Pages.
    Elsewhere("web._events_js", "web/encoders/test_events.py", "it reads what is written there"),
    Elsewhere("web._versions", "web/encoders/test_ui.py web/encoders/test_ag_ui.py",
              "the clients of these versions read it"),
    Elsewhere("web.encoders._encoder web.encoders._framing web.encoders._ending web.encoders._moments",
              "web/encoders/test_laws.py", "encoders keep the same laws"),
    Elsewhere("web.encoders._back", "web/test_requests.py", "it comes back with a request"),
    # Programs, and the kit.
    Elsewhere("local.*", "local", "the server is seen through its wires"),
    Elsewhere("cli._commands cli._completion cli._errors cli._model cli._paths", "cli/test_usage.py",
              "right and wrong commands"),
    Elsewhere("cli._conversation cli._interrupt cli._kept cli._keys cli._slash",
              "cli/test_chat.py cli/test_terminal.py", "a chat is made of them"),
    Elsewhere("cli._screen cli._stdin", "cli/test_ask.py cli/test_terminal.py", "what is shown, and what is piped in"),
    Elsewhere("cli._live cli._panels cli._waterfall", "cli/test_demo.py", "the demo shows it"),
    Elsewhere("observe._otel_names", "observe/test_otel.py", "spans have them"),
    Elsewhere("observe._bars observe._rows observe._scale observe._text_width observe._words observe._svg"
              " observe._terminal", "observe/test_timeline.py observe/test_readable.py",
              "a timeline is drawn by all of them"),
    Elsewhere("cli._flow cli._target", "operations/test_command.py", "the command beside what it runs"),
    Elsewhere("cli._record", "recording/test_command.py", "the command beside what it runs"),
    Elsewhere("testing.strategies.wires._*", "testing/test_strategies.py", "a body of each wire means its reply"),
    Elsewhere("testing._cancelling testing._faulty_server*",
              "transformers/test_every_operator.py faults/test_connections.py testing/test_docs.py",
              "the library's own tests stand on them"),
]  # fmt: skip


def has_own_tests(name: str, tests: Path) -> bool:
    """Whether a file or folder of *tests* is named for the module, or for the room within a room."""
    *rooms, last = (part.lstrip("_") for part in name.split("."))
    folder = tests.joinpath(*rooms)
    files = (f"test_{last}.py", f"test_{last}s.py", f"test_{last}_*.py")
    if (folder / last).is_dir() or any(any(folder.glob(file)) for file in files):
        return True
    return len(rooms) > 1 and (folder.parent / f"test_{rooms[-1]}.py").is_file()


def mirror_violations(root: Path, tests: Path, elsewhere: list[Elsewhere]) -> list[str]:
    """Every room and module whose tests are not where one looks, and every entry of no use."""
    patterns = [(pattern, entry) for entry in elsewhere for pattern in entry.modules.split()]
    found, used = [], set()
    for module in read_modules(root).values():
        is_room = module.is_package and "." not in module.inner
        if module.inner == FACADE or (module.is_package and not is_room):
            continue
        if is_room and (tests / module.inner.lstrip("_")).is_dir():
            continue
        if not is_room and has_own_tests(module.inner, tests):
            continue
        named = {pattern for pattern, _ in patterns if fnmatchcase(module.inner, pattern)}
        used |= named
        if not named:
            wanted = "folder in tests" if is_room else "tests of its name"
            found.append(f"{module.inner} has no {wanted} and is not listed")
    found += [f"{pattern} is listed for nothing" for pattern, _ in patterns if pattern not in used]
    found += [
        f"{place}, where {entry.modules} are tested, is not there"
        for entry in elsewhere
        for place in entry.places.split()
        if not (tests / place).exists()
    ]
    return found


def test_tests_mirror_the_package():
    assert mirror_violations(ROOT, TESTS, ELSEWHERE) == []


# The guard is guarded, as that of the layers is.

FILES = {"wire/_a.py": "", "wire/inner/_b.py": ""}


@pytest.mark.parametrize(
    "held",
    [
        ["wire/test_a.py", "wire/inner/test_b.py"],
        ["wire/test_a_first.py", "wire/inner/test_bs.py"],
        ["wire/a/test_x.py", "wire/test_inner.py"],
        ["wire/a/test_x.py", "wire/inner/b/test_x.py"],
    ],
)
def test_tests_are_found_by_name(tmp_path, held):
    assert mirror_violations(seed(tmp_path, FILES), touched(tmp_path, held), []) == []


@pytest.mark.parametrize(
    ("held", "elsewhere", "violation"),
    [
        ([], Elsewhere("wire.*", "", "r"), "wire has no folder in tests and is not listed"),
        (["wire/test_a.py"], None, "wire.inner._b has no tests of its name and is not listed"),
        (["wire/test_a.py", "wire/test_b.py"], None, "wire.inner._b has no tests of its name and is not listed"),
        (["wire/test_a.py", "wire/test_inner.py"], Elsewhere("wire._a", "wire", "r"), "wire._a is listed for nothing"),
        (["wire/test_a.py"], Elsewhere("wire.inner.*", "x.py", "r"), "x.py, where wire.inner.* are tested, is not there"),
    ],
)  # fmt: skip
def test_a_seeded_gap_is_found(tmp_path, held, elsewhere, violation):
    entries = [elsewhere] if elsewhere else []
    root = seed(tmp_path, FILES)
    assert mirror_violations(root, touched(tmp_path, held), entries) == [violation]


def touched(tmp_path: Path, files: list[str]) -> Path:
    for name in files:
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "tests"
