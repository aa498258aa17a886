"""Machines that are fed any bytes: each target takes them all and raises nothing but typed errors, if those.

A target also cuts what it is fed in another way and compares, so that a crash is not the only
finding.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from lionpride_trio import DecodeError, LimitExceeded, OutputInvalid, reassemble, stages
from lionpride_trio.providers import StreamDecoder, get
from lionpride_trio.wire import NDJSONDecoder, SSEDecoder
from tests.flow.graphs import check_graphs

PROVIDERS = {
    "openai": ("openai", "chat"),
    "responses": ("openai", "responses"),
    "anthropic": ("anthropic", None),
    "gemini": ("gemini", None),
    "groq": ("groq", None),
    "openrouter": ("openrouter", None),
    "ollama": ("ollama", None),
}

STAGES: dict[str, Callable[[], Any]] = {
    "lines": stages.LineSplitter,
    "words": stages.WordSplitter,
    "sentences": stages.SentenceSplitter,
    "paragraphs": stages.ParagraphSplitter,
    "markdown": stages.MarkdownBlockSplitter,
    "think tags": stages.ThinkTags,
    "json values": stages.JSONValues,
    "partial json": stages.PartialJSON,
    "typed": lambda: stages.TypedOutput(dict[str, list[int] | str]),
    "elements": lambda: stages.TypedElements(int | str, at="a"),
    "redact": lambda: stages.Redact(r"\b\w{2,9}@\w{2,9}\b|sk-\w{4,20}"),
    "stop at": lambda: stages.StopAt(["END", "\n\n", "<|"]),
}

LOSSLESS = {"lines", "words", "sentences", "paragraphs", "markdown"}


def cut(data: Any, source: random.Random) -> Iterator[Any]:
    at = 0
    while at < len(data):
        size = source.choice((1, 1, 2, 3, 7, 50, 1000))
        yield data[at : at + size]
        at += size


def provider(name: str, data: bytes, source: random.Random) -> None:
    """Any bytes give chunks that add up, and at the end one typed failure or none."""
    outcomes = []
    for pieces in ([data], list(cut(data, source))):
        decoder = StreamDecoder(get(*PROVIDERS[name]))
        chunks = [chunk for piece in pieces for chunk in decoder.feed(piece)]
        chunks += decoder.flush()
        response = reassemble(chunks)
        response.text.encode()
        response.reasoning.encode()
        failure = decoder.failure
        outcomes.append((response, type(failure), str(failure)))
        for chunk in chunks:
            assert isinstance(chunk.data, str)
    assert outcomes[0] == outcomes[1]


def wire(data: bytes, source: random.Random) -> None:
    """The decoders give the same events however the bytes are cut."""
    for make in (SSEDecoder, NDJSONDecoder):
        outcomes = []
        for pieces in ([data], list(cut(data, source))):
            decoder = make()
            events: list[object] = []
            try:
                for piece in pieces:
                    events += decoder.feed(piece)
                events += decoder.flush()
            except (DecodeError, LimitExceeded) as error:
                events.append(type(error))
            outcomes.append(repr(events))
        assert outcomes[0] == outcomes[1]


def stage(name: str, data: bytes, source: random.Random) -> None:
    """The machines lose nothing and do not see the cuts."""
    text = data.decode("utf-8", "surrogateescape")
    outcomes = []
    for pieces in ([text], list(cut(text, source))):
        machine = STAGES[name]()
        out: list[Any] = []
        failure = None
        try:
            for piece in pieces:
                out += machine.feed(piece)
            out += machine.flush()
        except (DecodeError, LimitExceeded, OutputInvalid) as error:
            failure = (type(error), str(error))
        outcomes.append((_meaning(name, out), failure))
        if name in LOSSLESS and failure is None:
            assert "".join(out) == text
    assert outcomes[0] == outcomes[1]


def _meaning(name: str, out: list[Any]) -> Any:
    """*out*, with pieces that may be cut anywhere joined."""
    if name in {"redact", "stop at"}:
        return "".join(out)
    if name == "think tags":
        response = reassemble(out)
        return response.text, response.reasoning_blocks
    if name == "typed":  # how many partials there are depends on the pieces
        return repr([partial.output for partial in out if partial.output is not None])
    if name == "partial json":
        joined: list[Any] = []
        for event in out:
            if event.kind == "append" and joined and joined[-1][:2] == (event.path, "append"):
                joined[-1] = (event.path, "append", joined[-1][2] + event.value)
            else:
                joined.append((event.path, event.kind, event.value))
        return repr(joined)
    return repr(out)


def flow(_data: bytes, source: random.Random) -> None:
    """Random graphs of operations do as the reference says; these need no bytes."""
    check_graphs([source.randrange(2**32) for _ in range(5)])


TARGETS: dict[str, Callable[[bytes, random.Random], None]] = {
    "wire": wire,
    "flow": flow,
    **{
        f"provider {name}": lambda data, source, name=name: provider(name, data, source)
        for name in PROVIDERS
    },
    **{
        f"stage {name}": lambda data, source, name=name: stage(name, data, source)
        for name in STAGES
    },
}
