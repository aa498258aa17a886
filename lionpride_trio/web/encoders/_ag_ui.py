"""``ag_ui``: the AG-UI protocol, which CopilotKit and ``HttpAgent`` of npm's ``@ag-ui/client`` read.

Facts: the schema of the events in npm's ``@ag-ui/core``, and what ``verify.ts`` of ``@ag-ui/client`` takes,
both of the version that ``web/_versions.py`` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast
from uuid import uuid4

from ..._chunks import Usage, Verdict
from ..._errors import ConfigurationError
from ..._media import MediaPart
from ..._parts import TextPart
from ..._response import Response
from .._versions import AG_UI_PROTOCOL
from ._back import KEY, facts_of
from ._encoder import Describe
from ._failures import Failure, describe_failure
from ._framing import EventStreamMachine
from ._moments import (
    CallBegan,
    CallEnded,
    CallSaid,
    DataGiven,
    MediaShown,
    Moment,
    ResultGiven,
    SourceNamed,
    StepBegan,
    StepEnded,
    TextBegan,
    TextEnded,
    TextSaid,
    ThoughtBegan,
    ThoughtEnded,
    ThoughtSaid,
)
from ._plain import dump, media, media_url
from ._story import Story
from ._ui import camel_counts, data_of, text_of


class AGUIEncoder(EventStreamMachine):
    """Writes AG-UI's events.

    A step is a turn.  What the protocol has no event for is ``CUSTOM``: sources (``source``), files
    (``file``), typed data under the names that `UIEncoder` has for them, and pieces of results that tools
    give while they run (``tool_output``).

    *thread_id* and *run_id* are those of the client's request, as `~lionpride_trio.web.run_ids` finds them.
    """

    def __init__(
        self,
        *,
        thread_id: str | None = None,
        run_id: str | None = None,
        describe: Describe = describe_failure,
    ) -> None:
        super().__init__(describe=describe)
        for name, value in (("thread_id", thread_id), ("run_id", run_id)):
            if value is not None and not isinstance(value, str):
                raise ConfigurationError(f"{name}= is a str, not {value!r:.100}")
        run_id = run_id or uuid4().hex
        self._run = {"threadId": thread_id or uuid4().hex, "runId": run_id}
        self._story = Story()
        self._teller = _Teller(run_id)
        self._has_started = False

    def _write(self, item: Any, id: int | str | None) -> bytes:
        return self._events([*self._started(), *self._told(self._story.feed(item))], id)

    def _end(self, response: Response | None) -> bytes:
        events = [*self._started(), *self._told(self._story.end())]
        ending = self._story.ending
        verdict, usage = ending.verdict(response), ending.usage(response)
        end: dict[str, Any] = {}
        if verdict is Verdict.STOPPED:
            end["outcome"] = {"type": "cancelled"}
        if usage is not None:
            end["usage"] = [_usage(usage)]
        if verdict is not None:
            end["metadata"] = {KEY: {"verdict": verdict.value}}
        return self._after_items(*events, _event("RUN_FINISHED", **self._run, **end))

    def _failed(self, failure: Failure) -> bytes:
        error = _event("RUN_ERROR", message=failure.message, code=failure.error)
        return self._after_items(*self._started(), error)

    def _started(self) -> list[str]:
        if self._has_started:
            return []
        self._has_started = True
        return [_event("RUN_STARTED", **self._run, protocolVersion=AG_UI_PROTOCOL)]

    def _told(self, moments: Iterable[Moment]) -> Iterator[str]:
        for moment in moments:
            yield from self._teller.tell(moment)


class _Teller:
    """Writes moments, and knows which message they belong to.

    The texts and calls of a step are one message of the client's, for its history goes back to a model:
    another text begins another message only where a message had a text already.
    """

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._step = 0
        self._message = ""
        self._has_text = False
        self._results = 0

    def tell(self, moment: Moment) -> Iterator[str]:
        match moment:
            case TextSaid(_, text):  # nearly all
                yield _event("TEXT_MESSAGE_CONTENT", messageId=self._message, delta=text)
            case StepBegan(turn):
                self._step = turn
                self._message, self._has_text = f"{self._run_id}-{turn}", False
                yield _event("STEP_STARTED", stepName=f"turn-{turn}")
            case StepEnded(turn):
                yield _event("STEP_FINISHED", stepName=f"turn-{turn}")
            case TextBegan(number):
                if self._has_text:
                    self._message = f"{self._run_id}-{self._step}-text-{number}"
                self._has_text = True
                yield _event("TEXT_MESSAGE_START", messageId=self._message, role="assistant")
            case TextEnded(_, begun):
                yield from self._secret("message", self._message, begun)
                yield _event("TEXT_MESSAGE_END", messageId=self._message)
            case ThoughtBegan(number):
                thought = self._thought(number)
                yield _event("REASONING_START", messageId=thought)
                yield _event("REASONING_MESSAGE_START", messageId=thought, role="reasoning")
            case ThoughtSaid(number, text):
                thought = self._thought(number)
                yield _event("REASONING_MESSAGE_CONTENT", messageId=thought, delta=text)
            case ThoughtEnded(number, part):
                thought = self._thought(number)
                yield _event("REASONING_MESSAGE_END", messageId=thought)
                yield from self._secret("message", thought, part)
                yield _event("REASONING_END", messageId=thought)
            case CallBegan(id, name):
                owner = self._message
                yield _event(
                    "TOOL_CALL_START", toolCallId=id, toolCallName=name, parentMessageId=owner
                )
            case CallSaid(id, arguments):
                yield _event("TOOL_CALL_ARGS", toolCallId=id, delta=arguments)
            case CallEnded(call):
                yield from self._secret("tool-call", call.id, call)
                yield _event("TOOL_CALL_END", toolCallId=call.id)
            case ResultGiven():
                yield self._result(moment)
            case SourceNamed(_, url, title):
                place = {"url": url, "title": title}
                told = {name: value for name, value in place.items() if value is not None}
                yield _event("CUSTOM", name="source", value=told)
            case MediaShown(part):
                yield _event("CUSTOM", name="file", value=media(part))
            case DataGiven(name, _, value):
                yield _event("CUSTOM", name=name, value=value)

    def _thought(self, number: int) -> str:
        return f"{self._run_id}-reasoning-{number}"

    def _secret(self, kind: str, owner: str, part: Any) -> Iterator[str]:
        facts = facts_of(part)
        if facts:
            value = dump({KEY: facts})
            told = {"subtype": kind, "entityId": owner, "encryptedValue": value}
            yield _event("REASONING_ENCRYPTED_VALUE", **told)

    def _result(self, moment: ResultGiven) -> str:
        if not moment.last:
            value = {"toolCallId": moment.call_id, "output": data_of(moment.output)}
            return _event("CUSTOM", name="tool_output", value=value)
        self._results += 1
        fields: dict[str, Any] = {
            "messageId": f"{self._run_id}-result-{self._results}",
            "toolCallId": moment.call_id,
            "role": "tool",
            "content": _content(moment.output),
        }
        if moment.is_error:
            fields["metadata"] = {KEY: {"is_error": True}}
        return _event("TOOL_CALL_RESULT", **fields)


def _event(type: str, **fields: Any) -> str:
    return "data: " + dump({"type": type, **fields})


def _content(output: Any) -> Any:
    """A tool's output as the content of a message: its text, or its parts."""
    items: list[Any] = list(cast(Any, output)) if isinstance(output, list | tuple) else []
    parts = [part for part in items if isinstance(part, TextPart | MediaPart)]
    if parts and len(parts) == len(items):
        return [_content_part(part) for part in parts]
    return text_of(output)


def _content_part(part: TextPart | MediaPart) -> dict[str, Any]:
    if isinstance(part, TextPart):
        return {"type": "text", "text": part.text}
    kind = "document" if part.kind == "file" else part.kind
    url, media_type = media_url(part), part.media_type or "application/octet-stream"
    if part.url is not None:
        return {"type": kind, "source": {"type": "url", "value": url, "mimeType": media_type}}
    data = url.partition(",")[2]
    return {"type": kind, "source": {"type": "data", "value": data, "mimeType": media_type}}


def _usage(usage: Usage) -> dict[str, Any]:
    written = usage.cache_write_tokens
    more = {} if written is None else {"cacheWriteInputTokens": written}
    return camel_counts(usage) | more
