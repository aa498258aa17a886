"""The names that users import are there, are documented, can be looked into, and show where they are from."""

from __future__ import annotations

import copy
import enum
import importlib
import inspect
import os
import pickle
import pkgutil
import subprocess
import sys
import typing
from datetime import UTC, datetime

import attrs
import pytest

import lionpride_trio
from lionpride_trio import Session, Verdict, stages
from lionpride_trio.distributed import remote_options
from lionpride_trio.durable import (
    JournalOperation,
    JournalStatus,
    Mapped,
    OperationState,
    State as StreamState,
    StreamStatus,
)
from lionpride_trio.flow import Operation, OperationStatus, Results, State, fork
from lionpride_trio.local import RecordedRequest
from lionpride_trio.observe import BlockedStep
from lionpride_trio.providers import HTTPRequest, ModelCall, encoders
from lionpride_trio.recording import Piece, RecordedCall, Recording
from lionpride_trio.session import (
    ActionRequestContent,
    ActionResponseContent,
    AssistantResponseContent,
    Branch,
    InstructionContent,
    Message,
    SystemContent,
)
from lionpride_trio.tools import Tool
from lionpride_trio.transformers import ChannelStatistics
from lionpride_trio.web.encoders import Failure
from lionpride_trio.wire import ServerSentEvent
from tests.chunks.test_copies import SAMPLES
from tests.observe.samples import PIECES as EVENT_PIECES, SAMPLES as EVENT_SAMPLES

# The paths that users and their programs rely on.
PROMISED = {
    "lionpride_trio": "Session iModel Reply Chunk TextChunk ReasoningChunk ToolCallChunk UsageChunk"
    " FinishChunk OtherChunk Response Verdict Source LionprideError ConfigurationError"
    " TransportError HTTPTransport ConnectionFailed ConnectionLost HTTPProtocolError StreamTimeout"
    " RedirectRefused StreamError StreamTruncated NotAStream DecodeError AnswerCut OutputInvalid WriterLost"
    " LimitExceeded WorkerLost WorkerError"
    " ProviderError BadRequest ContextTooLong RequestTooLarge AuthenticationError"
    " PermissionDenied NotFound RateLimited QuotaExhausted Overloaded ServerError"
    " ToolError ToolArgumentsInvalid UnknownTool LocalProtocolError SinkError OperationError FlowError RunStopped transformers sinks reassemble"
    " from_json Part TextPart ThoughtPart ToolCall ToolResult MediaPart RawPart Image Audio File"
    " PartChunk ToolResultChunk TurnsExhausted",
    "lionpride_trio.services": "iModel Turn TurnSource",
    "lionpride_trio.session": "Session Branch Message SystemContent InstructionContent"
    " AssistantResponseContent ActionRequestContent ActionResponseContent",
    "lionpride_trio.session.messages.utils": "prepare_messages_for_chat",
    "lionpride_trio.operations": "communicate Builder flow flow_stream",
    "lionpride_trio.wire": "SSEDecoder NDJSONDecoder ServerSentEvent encode_event",
    "lionpride_trio.stages": "SentenceSplitter",
    "lionpride_trio.providers": "Provider register get",
    "lionpride_trio.transformers": "text map_each keep take tap buffer lines words sentences"
    " paragraphs markdown_blocks think_tags stop_at json_values partial_json redact word_count"
    " typed elements pace idle_timeout prefetch tee fork merge chain race hedge map_concurrent source"
    " transformer",
    "lionpride_trio.durable": "open_streams Streams StreamStatus State FollowSource FollowChannel",
    "lionpride_trio.aio": "open complete run Items Opening",
    "lionpride_trio.distributed": "remote remote_options RemoteOptions WorkerLost WorkerError",
    "lionpride_trio.web": "respond StreamedResponse read_messages PageRequest BadPageRequest EVENTS_JS encoders",
    "lionpride_trio.observe": "Observer LogObserver Timeline OpenTelemetry watch_blocking Timings RateLimits Quota"
    " Event CallStarted Waiting RequestSent Answered FirstContent ChunksReceived Retried Stalled Finished"
    " TurnStarted TurnFinished ToolStarted ToolFinished OperationStarted OperationFinished FlowStarted FlowFinished",
    "lionpride_trio.tools": "tool Tool Toolbox from_mcp",
    "lionpride_trio.web.encoders": "Encoder encoder EventsEncoder UIEncoder AGUIEncoder OpenAIEncoder"
    " TextEncoder JSONLinesEncoder",
    "lionpride_trio.sinks": "join collect last drain stdout dots progress write_file send_to"
    " sse_bytes labelled",
}


def is_private(path):
    return any(part.startswith("_") for part in path.split("."))


def public_modules():
    """Every module that has public names."""
    yield lionpride_trio
    for found in pkgutil.walk_packages(lionpride_trio.__path__, "lionpride_trio."):
        if not is_private(found.name):
            module = importlib.import_module(found.name)
            if hasattr(module, "__all__"):
                yield module


MODULES = {module.__name__: module for module in public_modules()}
# Classes and functions, each once, by the path that they show.
THINGS = {
    f"{thing.__module__}.{thing.__name__}": thing
    for module in MODULES.values()
    for thing in (getattr(module, name) for name in module.__all__)
    if inspect.isclass(thing) or inspect.isfunction(thing)
}
CLASSES = {path: thing for path, thing in THINGS.items() if inspect.isclass(thing)}


def functions_of(cls):
    """The functions that a class has of its own, those behind its properties included."""
    for name, value in vars(cls).items():
        function = value.fget if isinstance(value, property) else value
        function = getattr(function, "__func__", function)  # of class and static methods
        if inspect.isfunction(function):
            yield name, function


@pytest.mark.parametrize("name", MODULES)
def test_all_that_a_module_names_is_there_once(name):
    module = MODULES[name]
    assert module.__doc__
    assert sorted(set(module.__all__)) == sorted(module.__all__)
    assert [public for public in module.__all__ if not hasattr(module, public)] == []


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_promised_can_be_imported(name):
    module = importlib.import_module(name)
    assert [each for each in PROMISED[name].split() if not hasattr(module, each)] == []


@pytest.mark.parametrize("path", THINGS)
def test_a_name_shows_a_path_that_it_can_be_imported_from(path):
    module, _, name = path.rpartition(".")
    assert not is_private(module)
    assert getattr(importlib.import_module(module), name) is THINGS[path]


@pytest.mark.parametrize("path", THINGS)
def test_it_is_documented(path):
    thing = THINGS[path]
    assert thing.__doc__
    if inspect.isclass(thing):
        # `Stage` says once what `feed` and `flush` do.
        bare = [
            name
            for name, function in functions_of(thing)
            if not name.startswith("_")
            and name not in {"feed", "flush"}
            and not inspect.getdoc(getattr(thing, name))
        ]
        assert bare == []


@pytest.mark.parametrize("path", THINGS)
def test_its_type_hints_can_be_read(path):
    typing.get_type_hints(THINGS[path])


@pytest.mark.parametrize("path", CLASSES)
def test_the_type_hints_of_its_methods_can_be_read(path):
    for _, function in functions_of(CLASSES[path]):
        typing.get_type_hints(function)


def work(context):
    """Something for an operation to do."""


OPERATION = Operation(work=work, name="a", parameters={"b": 1})
JOURNAL_OPERATION = JournalOperation(
    key="draft",
    name="draft",
    state=OperationState.FAILED,
    began=datetime(2026, 1, 2, tzinfo=UTC),
    ended=None,
    items=3,
    waits_for=None,
    error=lionpride_trio.StreamTruncated("cut"),
)
MORE_SAMPLES = [
    *Verdict,
    *State,
    OPERATION,
    *fork(OPERATION, 1),
    Results({"a": 1}),
    Branch(name="a", order=["b"]),
    SystemContent(system_message="a"),
    InstructionContent(instruction="a", context=["b"]),
    AssistantResponseContent(assistant_response="a", verdict=Verdict.LENGTH),
    ActionRequestContent(function="a", arguments="[1"),
    ActionResponseContent(output={"a": [1]}),
    Message(content=InstructionContent(instruction="a")),
    remote_options(num_cpus=2),
    Failure("Overloaded", "The model's service is overloaded."),
    Session(name="a"),
    ServerSentEvent("message", "a", "1", None),
    lionpride_trio.Timeouts(),
    lionpride_trio.Bounds(),
    lionpride_trio.Retry(),
    ModelCall("m", [{"role": "user", "content": "a"}]),
    HTTPRequest("/chat", {"a": 1}),
    encoders.Abilities(endings={Verdict.COMPLETE: ["stop"]}),
    encoders.Head(id="a"),
    encoders.Style(noise=[": ping\n\n", (None, {"a": 1})]),
    encoders.ChatStyle(padding=True),
    encoders.ResponsesStyle(done_only=[True]),
    encoders.MessagesStyle(gaps=[True]),
    encoders.GeminiStyle(finish="alone"),
    Piece(0.5, b"a"),
    RecordedCall(url="https://a.b", pieces=(Piece(0.5, b"a"),)),
    Recording((RecordedCall(url="https://a.b"),)),
    ChannelStatistics(items=1, characters=2, buffered=0, peak=1, waiting=False),
    OperationStatus(
        operation=OPERATION,
        state=State.FAILED,
        chunks=0,
        first_chunk=None,
        seconds=1.0,
        attempts=1,
        error=lionpride_trio.StreamTruncated("cut"),
        because=None,
    ),
    StreamStatus(
        id="chat-42",
        state=StreamState.FAILED,
        items=3,
        started=datetime(2026, 1, 2, tzinfo=UTC),
        changed=datetime(2026, 1, 2, tzinfo=UTC),
        ended=None,
        verdict=Verdict.STOPPED,
        error=lionpride_trio.WriterLost("died"),
    ),
    *StreamState,
    JOURNAL_OPERATION,
    JournalStatus(
        id="run-7",
        kind="flow",
        state=StreamState.RUNNING,
        started=datetime(2026, 1, 2, tzinfo=UTC),
        changed=datetime(2026, 1, 2, tzinfo=UTC),
        ended=None,
        done=1,
        total=2,
        operations=(JOURNAL_OPERATION,),
        error=None,
    ),
    *OperationState,
    Mapped(key="a", item="a", result=[1], error=lionpride_trio.RateLimited("slow down")),
    *EVENT_SAMPLES,
    *EVENT_PIECES,
    BlockedStep(task="t", seconds=1.0, place="a.py:1 in f", stack="", is_exact=True),
    *stages.SentenceSplitter().feed("A sentence. Another"),
    *stages.MarkdownBlockSplitter().feed("# A\n\nb\n\nc"),
    *stages.PartialJSON().feed('{"a": 1}'),
]
"""Beside chunks and what they add up to."""


def test_every_class_of_values_has_a_sample():
    kit = [path for path in CLASSES if path.startswith("lionpride_trio.testing.")]
    values = {
        cls
        for path, cls in CLASSES.items()
        if path not in kit and (attrs.has(cls) or issubclass(cls, enum.Enum))
    }
    values.remove(RecordedRequest)  # it waits for what it records
    values.remove(lionpride_trio.Secret)  # which is never written down
    values.remove(lionpride_trio.Chunk)  # the others are
    values.remove(Tool)  # it is a function
    assert values - {type(sample) for sample in (*SAMPLES, *MORE_SAMPLES)} == set()


@pytest.mark.parametrize("sample", [*SAMPLES, *MORE_SAMPLES], ids=lambda one: type(one).__name__)
def test_values_can_be_pickled_and_copied(sample):
    for other in (pickle.loads(pickle.dumps(sample)), copy.deepcopy(sample)):
        assert type(other) is type(sample)
        assert repr(other) == repr(sample)
        if isinstance(sample, enum.Enum):
            assert other is sample


def test_importing_pulls_the_core_dependencies_and_nothing_heavier():
    script = """
import sys
import trio, httpx, attrs, cattrs, stamina, jiter
before = set(sys.modules)
import lionpride_trio
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    core = {"trio", "httpx", "attrs", "cattrs", "stamina", "jiter"}
    assert set(done.stdout.split()) - sys.stdlib_module_names - core == {"lionpride_trio"}


def test_importing_leaves_http_alone():
    """Not before a request is made: httpx is a quarter of what importing all this takes."""
    script = """
import sys
import lionpride_trio
model = lionpride_trio.iModel("openai", "m", api_key="k", base_url="https://a.example/v1")
model.stream("hi", temperature=0)
print(*sorted({"httpx", "httpcore", "h11", "certifi", "anyio"} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


def test_importing_leaves_databases_alone():
    """Modules that only some programs need are imported by them."""
    script = """
import sys
import lionpride_trio
print(*sorted({"sqlite3", "lionpride_trio.durable"} & set(sys.modules)))
import lionpride_trio.durable
print(*sorted({"sqlite3", "lionpride_trio.durable", "coredis", "anyio"} & set(sys.modules)))
"""
    # Coverage keeps its counts in a database, and would be measured here with its own.
    uncounted = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=uncounted
    )
    assert done.stdout.splitlines() == ["", "lionpride_trio.durable sqlite3"]
