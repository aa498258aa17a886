"""The layers hold: a room imports only from lower layers or its own, and within a room one way.

The rules are the tables below. A lazy import inside a function and one under `TYPE_CHECKING` are
dependencies too.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.guards.imports import FACADE, ROOT, Module, read_imports, read_modules, seed

LAYERS: dict[str, float] = {
    # bytes to events, chunk types, chunks to response
    "_errors": 0,
    "_safe_text": 0,
    "_checks": 0,
    "_hints": 0,
    "_public": 0,
    "_portable": 0,
    "_undecoded": 0,
    "_readonly": 0,
    "_json_form": 0,
    "_native": 0,
    "_timings": 0,
    "_media": 0,
    "_parts": 0,
    "_chunks": 0,
    "_assistant": 0,
    "_response": 0,
    "wire": 0,
    # building requests, events to chunks, chunk to chunk: pure state machines
    "providers": 1,
    "stages": 1,
    "_typed_data": 1,
    # stages over channels, HTTP bodies to bytes, what failed repeated
    "_retry": 2,
    "_observer": 2,
    "_channels": 2,
    "_transport": 2,
    # the recipes and consumers that users compose
    "transformers": 3,
    "sinks": 3,
    "tools": 3,
    # a provider, its transport and its policy; a DAG of operations
    "observe": 4,
    "services": 4,
    "flow": 4,
    # sessions, branches, messages
    "session": 5,
    # calls on disk, and played again
    "recording": 5,
    # streams that are written down as they come, and followed from any process
    "durable": 5,
    # communicate, Builder, flow, flow_stream
    "operations": 6,
    # the door for asyncio programs
    "aio": 6,
    # a stream as the answer of an endpoint
    "web": 6,
    # sources and operations in other processes
    "distributed": 6,
    FACADE: 6.5,
    # programs: the embedded server and the command line
    "local": 7,
    "cli": 7,
    "__main__": 7,
    # the shipped test kit: may use everything, and nothing uses it
    "testing": 8,
}

# Neighbours on one layer may use each other, but for these: (who, may not import).
STRANGERS = {("flow", "services"), ("services", "flow")}

# Within these rooms each module imports only from those before it: read them in this order.
ORDER = {
    "_channels": """
        _entrance _statistics _ready _ending _recipe _opening _source _channel _text_stages _compile _fused
        _nursery _mailbox _lending _carry _generator
    """,
    "transformers": """
        _sources _operator _timing _on_items _on_text _prefetch _pace _map_concurrent _tee _fork _merge _race
        _typed
    """,
    "distributed": "_trace _sending _news _worker _bridge _remote _placed",
    "aio": "_guest _items _held _open _crossing",
    "_typed_data": "_types _schema _places _unions _structure _writing",
    "tools": "_signature _running _output _tool _decorator _toolbox _mcp",
    "providers.encoders": """
        _style _framing _abilities _encoder _parts
        _chat_errors _chat_media _chat _responses_object _responses _anthropic _gemini_parts _gemini _ollama
    """,
    "web.encoders": """
        _failures _encoder _framing _plain _ending _back _sources _moments _story
        _events _ui _ag_ui _completions _text _jsonl _by_name
    """,
    "web._requests": "_fields _said _ui _ag_ui _chat _reading",
    "web._site": "_files _guard _facts _answers _app",
    "_transport": """
        _alarms _reading _socket _tls _request _writing _framing _head _asking _connection _like_httpx _inflate
        _exchange _idle _route _remedies _client _failures _pump _foreign _httpx_transport _routed
    """,
    "observe": "_text_width _blocking _log _bars _rows _scale _words _svg _terminal _chrome _timeline _otel_names _otel_facts _otel_content _otel",
    "_observer": "_events _observer _story",
    "flow": """
        _operation _graph_checks _graph _waits _ledger _journaling _facts _mermaid _policy _slots _nodes _outcome
        _context _attempt _telling _runner _run
    """,
    "services": """
        _address _settings _extras _files _ask _messages _pace _arrivals _record _rate_limit _answer _clocks
        _stalls _reply _call _invoked _typed
        _tool_calls _plan _turn _conversation _converse _imodel _fallback _registry
    """,
    "session": """
        _open_turns _owner messages._contents messages._message messages messages.utils _branch _storage _turns _asked _session
    """,
    "recording": "_format _log _call _secrets _reading _file _record _replay_client _replay",
    "durable": """
        _records _schema _store _tables _transactions _memory _sqlite _scripts _redis_client _redis
        _after _follow _run _status
        _values _journal_lines _journal_status _journal_writer _journal_taking _answers _what_counts _flow_journal _journal _map
        _streams _opening
    """,
}

# What a layer may import from outside the package, beside the standard library. What a layer may
# use, the ones above may use too, unless it is confined.
THIRD_PARTY: dict[float, set[str]] = {
    0: {"attr", "attrs", "jiter", "typing_extensions"},  # the last for type checkers alone
    1: {"cattr", "cattrs", "msgspec"},
    2: {"trio", "httpx", "stamina"},
    3: {"mcp"},
    4: {"opentelemetry"},
    5: {"anyio", "coredis"},
    6: {"ray", "starlette"},
    6.5: set(),
    7: {"cyclopts", "h11", "hypercorn", "prompt_toolkit", "rich", "starlette"},
    8: {"h11", "hypothesis", "pytest", "pytest_trio"},
}

# (distribution, the only modules that may import it); a room's name stands for all within it.
CONFINED: dict[str, set[str]] = {
    "httpx": {"_transport"},
    "jiter": {"_errors", "_safe_text", "_chunks", "_response", "wire"},
    "stamina": {"_retry"},
    "msgspec": {"_typed_data"},
    "mcp": {"tools._mcp"},
    "coredis": {"durable._redis_client"},
    "opentelemetry": {"observe._otel", "distributed._trace"},
    "ray": {"distributed._bridge"},
    "starlette": {"web"},
    "anyio": {"durable._redis_client"},
}

# Modules that are purer than their layer: no trio.
PURE = {
    "flow._graph",
    "flow._graph_checks",
    "_transport._request",
    "_transport._framing",
    "_transport._head",
}


def _may_use(module: Module, distribution: str) -> bool:
    layer = LAYERS[module.room]
    if distribution in CONFINED and layer < LAYERS["local"]:
        return bool(CONFINED[distribution] & {module.room, module.inner})
    if distribution == "trio" and module.inner in PURE:
        return False
    return any(distribution in allowed for at, allowed in THIRD_PARTY.items() if at <= layer)


def layer_violations(root: Path) -> list[str]:
    """Every import that the table above does not allow, and every room that is not in it."""
    modules = read_modules(root)
    found = [
        f"{module.name} is in no layer: add its room to LAYERS"
        for module in modules.values()
        if module.room not in LAYERS
    ]
    for module in modules.values():
        if module.room not in LAYERS:
            continue
        for imported in read_imports(module, modules):
            top, _, inner = imported.target.partition(".")
            if top != root.name:
                if top not in sys.stdlib_module_names and not _may_use(module, top):
                    found.append(f"{imported}, which its layer may not use")
                continue
            if imported.target not in modules:
                found.append(f"{imported}, which does not exist")
                continue
            room = inner.partition(".")[0] or FACADE
            if room not in LAYERS or room == module.room:
                continue
            if LAYERS[room] > LAYERS[module.room]:
                found.append(f"{imported}, which is in a higher layer")
            elif (module.room, room) in STRANGERS:
                found.append(f"{imported}, but the two rooms know nothing of each other")
    return found


def test_layers_hold():
    assert layer_violations(ROOT) == []


def order_violations(root: Path, order: dict[str, str]) -> list[str]:
    """Every import within a room that does not go to a module before, and modules without a place."""
    modules = read_modules(root)
    found = []
    for room, names in order.items():
        place = {f"{root.name}.{room}.{name}": n for n, name in enumerate(names.split())}
        for module in modules.values():
            if not module.inner.startswith(f"{room}."):
                continue
            if module.name not in place:
                found.append(f"{module.name} has no place in its room")
                continue
            found += [
                f"{imported}, which comes later in the room"
                for imported in read_imports(module, modules)
                if not imported.for_types_alone
                and place.get(imported.target, -1) >= place[module.name]
            ]
    return found


def test_within_a_room_arrows_run_one_way():
    assert order_violations(ROOT, ORDER) == []


def shared_by_reader_and_writer(root: Path) -> list[str]:
    """Imports between the reading of a wire and its writing: one mistake would hide the other."""
    modules = read_modules(root)
    writing = f"{root.name}.providers.encoders"
    found = []
    for module in modules.values():
        if module.room != "providers":
            continue
        for imported in read_imports(module, modules):
            is_of_providers = imported.target.startswith(f"{root.name}.providers.")
            crosses = module.name.startswith(writing) != imported.target.startswith(writing)
            if is_of_providers and crosses:
                found.append(f"{imported}, which reads or writes the same wires")
    return found


def test_a_wire_is_written_with_none_of_the_code_that_reads_it():
    assert shared_by_reader_and_writer(ROOT) == []


def test_a_seeded_import_of_the_reader_is_found(tmp_path):
    files = {
        "providers/_ends.py": "",
        "providers/_wire.py": "from .encoders import x",
        "providers/encoders/_chat.py": "from .._ends import x",
    }
    assert shared_by_reader_and_writer(seed(tmp_path, files)) == [
        "lionpride_trio.providers._wire:1 imports lionpride_trio.providers.encoders,"
        " which reads or writes the same wires",
        "lionpride_trio.providers.encoders._chat:1 imports lionpride_trio.providers._ends,"
        " which reads or writes the same wires",
    ]


def test_a_seeded_arrow_back_is_found(tmp_path):
    files = {"flow/_a.py": "def f():\n    from ._b import x", "flow/_b.py": "", "flow/_c.py": ""}
    assert order_violations(seed(tmp_path, files), {"flow": "_a _b"}) == [
        "lionpride_trio.flow._a:2 imports lionpride_trio.flow._b, which comes later in the room",
        "lionpride_trio.flow._c has no place in its room",
    ]


def test_the_package_was_read():
    """The two tests above looked at something: the rooms that everything else stands on."""
    rooms = {module.room for module in read_modules(ROOT).values()}
    assert {"_errors", "_chunks", "_response", "wire", FACADE} <= rooms


# The guard is guarded: each violation below is seeded into an invented package, and found.


ALLOWED = {
    "absolute": {"wire/_sse.py": "import lionpride_trio._errors", "_errors.py": "import attrs"},
    "relative": {"wire/_sse.py": "from .._errors import DecodeError", "_errors.py": ""},
    "relative, a submodule": {"wire/_sse.py": "from .. import _errors", "_errors.py": ""},
    "own room": {"wire/__init__.py": "from ._sse import A as A", "wire/_sse.py": "A = 1"},
    "own layer": {"providers/openai.py": "from ..stages import x", "stages/__init__.py": "x = 1"},
    "stdlib": {"wire/_sse.py": "import codecs, collections.abc\nfrom os import path"},
    "the Redis client in its file": {"durable/_redis_client.py": "import coredis, anyio"},
    "Ray in its file": {"distributed/_bridge.py": "def f():\n    import ray"},
    "httpx in the transport": {"_transport/_client.py": "import httpx, trio"},
    "façade looks down": {"__init__.py": "from .operations import flow", "operations.py": ""},
    "a program uses the façade": {"cli/__init__.py": "from lionpride_trio import Session"},
    "a program may use rich lazily": {"cli/_demo.py": "def f():\n    import rich.live"},
    "the kit uses everything": {"testing/__init__.py": "import hypothesis\nfrom .. import cli",
                                "cli.py": ""},
}  # fmt: skip

FORBIDDEN = {
    "trio in L0": ({"wire/_sse.py": "import trio"}, "wire._sse:1 imports trio"),
    "trio.abc in L1": ({"stages/x.py": "from trio.abc import Channel"}, "imports trio.abc"),
    "httpx in L0": ({"_errors.py": "import httpx"}, "_errors:1 imports httpx"),
    "httpx in L4": ({"services/_imodel.py": "import httpx"}, "_imodel:1 imports httpx"),
    "h11 in L4": ({"services/_imodel.py": "import h11"}, "_imodel:1 imports h11"),
    "httpx for types alone": (
        {"session/_session.py": "import typing as t\nif t.TYPE_CHECKING:\n    import httpx"},
        "_session:3 imports httpx",
    ),
    "trio for types alone in L0": (
        {"_chunks.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import trio"},
        "_chunks:3 imports trio",
    ),
    "trio in a function of L1": (
        {"providers/openai.py": "class P:\n    def f(self):\n        import trio"},
        "providers.openai:3 imports trio",
    ),
    "trio in a try": ({"_safe_text.py": "try:\n    import trio\nexcept ImportError: ..."}, ":2 imports"),
    "upwards, absolute": (
        {"wire/_sse.py": "from lionpride_trio.services import iModel", "services/__init__.py": ""},
        "which is in a higher layer",
    ),
    "upwards, relative": (
        {"wire/_sse.py": "from ..services._x import y", "services/_x.py": "y = 1"},
        "wire._sse:1 imports lionpride_trio.services._x",
    ),
    "upwards, a submodule by name": (
        {"wire/_sse.py": "from .. import services", "services/__init__.py": ""},
        "wire._sse:1 imports lionpride_trio.services",
    ),
    "upwards, two levels down": (
        {"session/messages/utils.py": "from ...operations import x", "operations.py": "x = 1"},
        "imports lionpride_trio.operations",
    ),
    "the façade from below": (
        {"session/_session.py": "from .. import Chunk"},
        "_session:1 imports lionpride_trio, which is in a higher layer",
    ),
    "flow knows of models": (
        {"flow/_run.py": "from ..services import iModel", "services/__init__.py": "iModel = 1"},
        "know nothing of each other",
    ),
    "the graph is pure": ({"flow/_graph.py": "import trio"}, "flow._graph:1 imports trio"),
    "the kit inside the package": (
        {"cli/__init__.py": "import lionpride_trio.testing", "testing/__init__.py": ""},
        "cli:1 imports lionpride_trio.testing, which is in a higher layer",
    ),
    "hypothesis outside the kit": ({"cli/x.py": "import hypothesis"}, "cli.x:1 imports hypothesis"),
    "rich below the programs": ({"sinks/_progress.py": "import rich"}, "imports rich"),
    "the Redis client elsewhere": ({"durable/_redis.py": "import coredis"}, "imports coredis"),
    "Ray elsewhere": ({"distributed/_worker.py": "import ray"}, "_worker:1 imports ray"),
    "an undeclared dependency": ({"local/__init__.py": "import numpy"}, "imports numpy"),
    "an unknown room": ({"helpers/__init__.py": ""}, "lionpride_trio.helpers is in no layer"),
    "a module that is not there": ({"wire/_sse.py": "from .._gone import x"}, "does not exist"),
}  # fmt: skip


@pytest.mark.parametrize("files", ALLOWED.values(), ids=ALLOWED.keys())
def test_what_the_table_allows_passes(tmp_path, files):
    assert layer_violations(seed(tmp_path, files)) == []


@pytest.mark.parametrize(("files", "expected"), FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_seeded_violation_is_found(tmp_path, files, expected):
    (violation,) = layer_violations(seed(tmp_path, files))
    assert expected in violation
