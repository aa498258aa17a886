"""Gemini ``generateContent`` and ``streamGenerateContent``: calls and texts that are signed."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

from .._chunks import FinishChunk, Usage, UsageChunk, Verdict
from ..providers.encoders import Encoder, GeminiEncoder, GeminiStyle, Head, gemini_error
from ._ask import (
    Ask,
    BadAsk,
    Choice,
    Tool,
    ask_limit,
    ask_list,
    ask_seed,
    ask_stop,
    ask_tools,
    count_media,
    joined,
    plain_text,
)
from ._directives import read_directives
from ._json import JsonObject, as_list, as_object, as_text, pick
from ._reply import Part, Reply
from ._rules._gemini import check_gemini
from ._rules._gemini_turns import SEALED, SIGNED
from ._signing import call_text, seal, sign
from ._wire import FAULT_MESSAGE, Asked, Wire, bearer

PATH: Final = re.compile(r"/v1(?:beta)?/models/([^:]+):(generateContent|streamGenerateContent)")
_ENUM: Final = "text/x.enum"


_DRAWING: Final = re.compile(r"gemini-(?:[3-9]|\d\d).*image")
"""The models that sign the images that they draw, and want each back with its signature."""


class Gemini(Wire):
    """``POST {base}/v1beta/models/{model}:generateContent``; the path says whether to stream."""

    stream_type = "text/event-stream"

    def authorized(self, asked: Asked, /) -> bool:
        """Google's own header, the query, or a bearer token."""
        sent = asked.headers.get("x-goog-api-key") or asked.query.get("key")
        return bool(sent) or bearer(asked)

    def check(self, asked: Asked, /) -> None:
        """Refuse what Gemini refuses; calls of a model that thinks must bring their signatures."""
        model = PATH.fullmatch(asked.path)
        assert model is not None  # it was routed by this
        name = unquote(model[1])
        thinks = read_directives(name).reasoning or _shows_thoughts(asked.body)
        check_gemini(asked.body, signed=thinks, draws=_DRAWING.search(name) is not None)

    def read(self, asked: Asked, /) -> Ask:
        """Read the request."""
        body = asked.body
        match = PATH.fullmatch(asked.path)
        assert match is not None  # it was routed by this
        stream = match[2] == "streamGenerateContent"
        if stream and asked.query.get("alt") != "sse":
            raise BadAsk("alt: this server streams with alt=sse only")
        contents = ask_list(body, "contents")
        config = as_object(pick(body, "generationConfig", "generation_config"))
        if pick(config, "candidateCount", "candidate_count") not in {None, 1}:
            raise BadAsk("candidateCount: this server gives one candidate only")
        users = [
            text
            for content in contents
            if content.get("role") in {None, "user"} and (text := plain_text(content.get("parts")))
        ]
        system = as_object(pick(body, "systemInstruction", "system_instruction"))
        texts = [plain_text(content.get("parts")) for content in contents]
        last = [as_object(part) for part in as_list(contents[-1].get("parts"))]
        tools, choice = _tools(body)
        return Ask(
            model=unquote(match[1]),
            prompt=users[-1] if users else "",
            context=joined([plain_text(system.get("parts")), *texts]),
            stream=stream,
            after_tool=any(pick(part, "functionResponse", "function_response") for part in last),
            reasoning=_shows_thoughts(body),
            tools=tools,
            choice=choice,
            form=_form(config),
            bare=pick(config, "responseMimeType", "response_mime_type") == _ENUM,
            media=count_media(contents),
            limit=ask_limit(config, "maxOutputTokens", "max_output_tokens"),
            stop=ask_stop(pick(config, "stopSequences", "stop_sequences")),
            seed=ask_seed(config.get("seed")),
        )

    @property
    def fault(self) -> tuple[int, str]:
        """That of Google's front end."""
        return 503, FAULT_MESSAGE

    def encoder(self, asked: Asked, reply: Reply, /) -> Encoder:
        """An answer."""
        return GeminiEncoder(Head(id=asked.id, model=reply.ask.model))

    def usage(self, reply: Reply, /) -> Usage:
        """Reasoning is counted beside the answer, and where there was some."""
        thoughts = reply.reasoning_count
        return Usage(
            input_tokens=reply.prompt_count,
            output_tokens=reply.count - thoughts,
            total_tokens=reply.prompt_count + reply.count,
            reasoning_tokens=thoughts or None,
        )

    def call_id(self, part: Part, /) -> str:
        """Its ids have no words before them."""
        return part.id

    def proof(self, reply: Reply, part: Part, /) -> str | None:
        """A model that thinks signs its first call, or else the end of its text."""
        if not reply.reasoning_count or part.kind == "reasoning":
            return None
        if part.kind == "call":
            text = call_text(part.name, part.arguments)
            return sign(SIGNED, text) if part.slot == 0 else None
        last = part.index == len(reply.parts) - 1
        return seal(SEALED, reply.digest[:24]) if last else None

    def error(
        self, status: int, message: str, _request_id: str, /, **_more: str | None
    ) -> JsonObject:
        """The error document."""
        return gemini_error(status, message)

    def blocked(self, asked: Asked, ask: Ask, /) -> JsonObject | None:
        """A refused prompt is an answer with feedback and no candidates."""
        count = Reply(ask=ask, parts=(), finish="filtered", digest="").prompt_count
        usage = Usage(input_tokens=count, total_tokens=count)
        head = Head(id=asked.id, model=ask.model)
        encoder = GeminiEncoder(head, GeminiStyle(prompt_feedback=True))
        return encoder.whole([UsageChunk(usage=usage), FinishChunk(verdict=Verdict.BLOCKED)])

    def headers(self, _request_id: str, /) -> dict[str, str]:
        """The headers in which Google's front end tells of itself."""
        return {"server-timing": "gfet4t7; dur=1"}


def _shows_thoughts(body: JsonObject) -> bool:
    config = as_object(pick(body, "generationConfig", "generation_config"))
    thinking = as_object(pick(config, "thinkingConfig", "thinking_config"))
    return pick(thinking, "includeThoughts", "include_thoughts") is True


def _form(config: JsonObject) -> JsonObject | None:
    """The schema of the answer; None where it is plain text."""
    if pick(config, "responseMimeType", "response_mime_type") not in {"application/json", _ENUM}:
        return None
    names = ("responseJsonSchema", "response_json_schema", "responseSchema", "response_schema")
    return as_object(pick(config, *names))


def _tools(body: JsonObject) -> tuple[tuple[Tool, ...], Choice]:
    offered = [
        Tool(as_text(function.get("name")), as_object(_schema(function)))
        for tool in as_list(body.get("tools"))
        for one in as_list(pick(as_object(tool), "functionDeclarations", "function_declarations"))
        if (function := as_object(one))
    ]
    config = as_object(pick(body, "toolConfig", "tool_config"))
    calling = as_object(pick(config, "functionCallingConfig", "function_calling_config"))
    allowed = as_list(pick(calling, "allowedFunctionNames", "allowed_function_names"))
    names = tuple(map(as_text, allowed)) if allowed else None
    mode = calling.get("mode")
    choice = Choice(must_call=mode == "ANY", never=mode == "NONE", names=names)
    return ask_tools(offered, choice), choice


def _schema(function: JsonObject) -> Any:
    return pick(function, "parameters", "parametersJsonSchema", "parameters_json_schema")
