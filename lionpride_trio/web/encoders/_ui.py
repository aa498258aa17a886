"""``ui``: the AI SDK's UI message stream, which ``useChat`` and ``readUIMessageStream`` read.

Facts: ``ui-message-chunks.ts`` and ``process-ui-message-stream.ts`` of npm's ``ai``, of the version that
``web/_versions.py`` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from ..._chunks import Usage, Verdict
from ..._errors import ConfigurationError
from ..._readonly import ReadOnlyDict
from ..._response import Response
from .._versions import UI_MESSAGE_STREAM
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
from ._plain import dump, media_url, plain, read_data
from ._story import Story

_FINISHES: Final = {
    Verdict.COMPLETE: "stop",
    Verdict.LENGTH: "length",
    Verdict.TOOL_USE: "tool-calls",
    Verdict.BLOCKED: "content-filter",
    Verdict.REFUSED: "content-filter",
    Verdict.PAUSED: "other",
    Verdict.UNKNOWN: "other",
    None: "stop",  # a stream of no model, which came to its end
}
_DONE: Final = "data: [DONE]"


class UIEncoder(EventStreamMachine):
    """Writes the AI SDK's UI message stream.

    A step is a turn.  Typed data are parts ``data-…``: partials of typed output are ``data-output``, which
    grows in its place, other objects are named for their class (``data-recipe-step``), and plain data
    are ``data-item``.  The finish has the tokens as ``metadata.usage``.

    *message_id* is the id of the message; the client makes one where none is told.
    """

    headers: Mapping[str, str] = ReadOnlyDict({"x-vercel-ai-ui-message-stream": UI_MESSAGE_STREAM})

    def __init__(
        self, *, message_id: str | None = None, describe: Describe = describe_failure
    ) -> None:
        super().__init__(describe=describe)
        if message_id is not None and not isinstance(message_id, str):
            raise ConfigurationError(f"message_id= is a str, not {message_id!r:.100}")
        self._story = Story()
        self._start: list[str] = [_part("start", messageId=message_id)]

    def _write(self, item: Any, id: int | str | None) -> bytes:
        told = [part for moment in self._story.feed(item) if (part := _told(moment))]
        start, self._start = self._start, []
        return self._events([*start, *told], id)

    def _end(self, response: Response | None) -> bytes:
        ending = self._story.ending
        told = [*self._start, *(part for moment in self._story.end() if (part := _told(moment)))]
        verdict = ending.verdict(response)
        if verdict is Verdict.STOPPED:
            told.append(_part("abort", reason="stopped"))
        else:
            usage = ending.usage(response)
            metadata = None if usage is None else {"usage": camel_counts(usage)}
            told.append(_part("finish", finishReason=_FINISHES[verdict], messageMetadata=metadata))
        return self._after_items(*told, _DONE)

    def _failed(self, failure: Failure) -> bytes:
        told = [*self._start, _part("error", errorText=f"{failure.error}: {failure.message}")]
        return self._after_items(*told, _DONE)


def _part(type: str, **fields: Any) -> str:
    """An event of that type with the fields that are not None."""
    return "data: " + dump({
        "type": type,
        **{name: value for name, value in fields.items() if value is not None},
    })


def _told(moment: Moment) -> str:
    """The event of a moment; empty where there is none."""
    match moment:
        case TextSaid(number, text):  # nearly all
            return f'data: {{"type":"text-delta","id":"text-{number}","delta":{dump(text)}}}'
        case StepBegan():
            return _part("start-step")
        case StepEnded():
            return _part("finish-step")
        case TextBegan(number):
            return _part("text-start", id=f"text-{number}")
        case TextEnded(number, begun):
            return _part("text-end", id=f"text-{number}", providerMetadata=_metadata(begun))
        case ThoughtBegan(number):
            return _part("reasoning-start", id=f"reasoning-{number}")
        case ThoughtSaid(number, text):
            return _part("reasoning-delta", id=f"reasoning-{number}", delta=text)
        case ThoughtEnded(number, thought):
            metadata = _metadata(thought)
            return _part("reasoning-end", id=f"reasoning-{number}", providerMetadata=metadata)
        case CallBegan(id, name):
            return _part("tool-input-start", toolCallId=id, toolName=name)
        case CallSaid(id, arguments):
            return _part("tool-input-delta", toolCallId=id, inputTextDelta=arguments)
        case CallEnded():
            return _call(moment)
        case ResultGiven():
            return _result(moment)
        case SourceNamed():
            return _source(moment)
        case MediaShown(part):
            media_type = part.media_type or "application/octet-stream"
            return _part("file", url=media_url(part), mediaType=media_type)
        case DataGiven(name, key, value):
            # The data may be null, and has to be there.
            head = {"type": f"data-{name}", **({} if key is None else {"id": key})}
            return "data: " + dump({**head, "data": value})


def _metadata(part: Any) -> dict[str, Any] | None:
    facts = facts_of(part)
    return {KEY: facts} if facts else None


def _call(moment: CallEnded) -> str:
    call = moment.call
    fields = {
        "toolCallId": call.id,
        "toolName": call.name,
        "providerMetadata": _metadata(call),
    }
    reason = "The call was cut off."
    if moment.is_whole:
        try:
            given = read_data(call.arguments)
        except ValueError:
            reason = "The arguments are no JSON."
        else:
            return _part("tool-input-available", **fields, input=given)
    return _part("tool-input-error", **fields, input=call.arguments, errorText=reason)


def _result(moment: ResultGiven) -> str:
    if moment.is_error:
        return _part(
            "tool-output-error", toolCallId=moment.call_id, errorText=text_of(moment.output)
        )
    form = {"type": "tool-output-available", "toolCallId": moment.call_id}
    preliminary = {} if moment.last else {"preliminary": True}
    return "data: " + dump({**form, "output": data_of(moment.output), **preliminary})


def _source(moment: SourceNamed) -> str:
    name = f"source-{moment.number}"
    if moment.url is not None:
        return _part("source-url", sourceId=name, url=moment.url, title=moment.title)
    return _part("source-document", sourceId=name, mediaType="text/plain", title=moment.title)


def data_of(output: Any) -> Any:
    """The output of a tool as plain data: what was written as JSON for the model is decoded."""
    if isinstance(output, str) and output.lstrip()[:1] in {"{", "["}:
        with suppress(ValueError):  # no JSON: a text like any other
            return read_data(output)
    return plain(output)


def text_of(output: Any) -> str:
    """The output of a tool as text."""
    return output if isinstance(output, str) else dump(plain(output))


def camel_counts(usage: Usage) -> dict[str, Any]:
    """The tokens, under the names that JavaScript has for them."""
    counts = {
        "inputTokens": usage.input_tokens,
        "outputTokens": usage.output_tokens,
        "totalTokens": usage.total_tokens,
        "reasoningTokens": usage.reasoning_tokens,
        "cachedInputTokens": usage.cached_tokens,
    }
    return {name: count for name, count in counts.items() if count is not None}
