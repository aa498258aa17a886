"""What users import is there, is documented, and shows the path it is imported from."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

MODULES = (
    "lionpride_trio",
    "lionpride_trio.flow",
    "lionpride_trio.local",
    "lionpride_trio.operations",
    "lionpride_trio.providers",
    "lionpride_trio.recording",
    "lionpride_trio.services",
    "lionpride_trio.session",
    "lionpride_trio.session.messages.utils",
    "lionpride_trio.sinks",
    "lionpride_trio.stages",
    "lionpride_trio.testing",
    "lionpride_trio.transformers",
    "lionpride_trio.wire",
)

# The paths that users and their programs rely on.
PROMISED = {
    "lionpride_trio": "Session iModel Chunk TextChunk ReasoningChunk ToolCallChunk UsageChunk"
    " FinishChunk OtherChunk Response Verdict Source LionprideError ConfigurationError"
    " TransportError ConnectionFailed ConnectionLost HTTPProtocolError StreamTimeout"
    " RedirectRefused StreamError StreamTruncated NotAStream DecodeError LimitExceeded"
    " ProviderError BadRequest ContextTooLong RequestTooLarge AuthenticationError"
    " PermissionDenied NotFound RateLimited QuotaExhausted Overloaded ServerError"
    " LocalProtocolError SinkError OperationError FlowError transformers sinks reassemble",
    "lionpride_trio.services": "iModel",
    "lionpride_trio.session": "Session Branch Message SystemContent InstructionContent"
    " AssistantResponseContent ActionRequestContent ActionResponseContent",
    "lionpride_trio.session.messages.utils": "prepare_messages_for_chat",
    "lionpride_trio.operations": "communicate Builder flow flow_stream",
    "lionpride_trio.wire": "SSEDecoder NDJSONDecoder ServerSentEvent encode_event",
    "lionpride_trio.stages": "SentenceSplitter",
    "lionpride_trio.providers": "Provider register get",
    "lionpride_trio.transformers": "text map_each keep take tap buffer lines words sentences"
    " paragraphs markdown_blocks think_tags stop_at json_values partial_json redact word_count"
    " pace idle_timeout prefetch tee fork merge chain race hedge map_concurrent source"
    " transformer",
    "lionpride_trio.sinks": "join collect last drain stdout dots progress write_file send_to"
    " sse_bytes labelled",
}


@pytest.mark.parametrize("name", MODULES)
def test_all_that_a_module_names_is_there_and_documented(name):
    module = importlib.import_module(name)
    assert module.__doc__
    assert sorted(set(module.__all__)) == sorted(module.__all__)
    for public in module.__all__:
        found = getattr(module, public)
        if inspect.isclass(found) or inspect.isroutine(found):
            assert found.__doc__, f"{name}.{public} has no docstring"


@pytest.mark.parametrize("name", PROMISED)
def test_what_is_promised_can_be_imported(name):
    module = importlib.import_module(name)
    assert [each for each in PROMISED[name].split() if not hasattr(module, each)] == []


def test_the_top_level_shows_public_paths():
    import lionpride_trio

    for public in lionpride_trio.__all__:
        home = getattr(getattr(lionpride_trio, public), "__module__", "lionpride_trio")
        assert not any(part.startswith("_") for part in home.split(".")), f"{public} is from {home}"


def test_importing_pulls_the_core_dependencies_and_nothing_heavier():
    script = """
import sys
import trio, httpx, h11, attrs, cattrs, stamina, jiter
before = set(sys.modules)
import lionpride_trio
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    core = {"trio", "httpx", "h11", "attrs", "cattrs", "stamina", "jiter"}
    assert set(done.stdout.split()) - sys.stdlib_module_names - core == {"lionpride_trio"}
