"""Gemini ``generateContent`` and ``streamGenerateContent``: running totals in every event, CRLF."""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import unquote

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
from ._json import JsonObject, as_list, as_object, as_text, pick, sse
from ._reply import Finish, Part, Reply
from ._rules._gemini import check_gemini
from ._rules._gemini_turns import SEALED, SIGNED
from ._signing import call_text, seal, sign
from ._wire import FAULT_MESSAGE, Asked, Wire, Writer, bearer

PATH: Final = re.compile(r"/v1(?:beta)?/models/([^:]+):(generateContent|streamGenerateContent)")
_FINISH: Final[dict[Finish, str]] = {
    "stop": "STOP",
    "stop_string": "STOP",
    "length": "MAX_TOKENS",
    "tools": "STOP",
    "filtered": "SAFETY",
    "refused": "STOP",
}
_ENUM: Final = "text/x.enum"
_STATUS: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


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
        thinks = read_directives(unquote(model[1])).reasoning or _shows_thoughts(asked.body)
        check_gemini(asked.body, signed=thinks)

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

    def writer(self, asked: Asked, reply: Reply, /) -> Writer:
        """A writer for one reply."""
        return _GenerateWriter(asked, reply)

    def error(
        self, status: int, message: str, _request_id: str, /, **_more: str | None
    ) -> JsonObject:
        """The error document; a limit of rate says when to come back in its details."""
        word = _STATUS.get(status, "INVALID_ARGUMENT" if status < 500 else "INTERNAL")
        error: JsonObject = {"code": status, "message": message, "status": word}
        if status == 429:
            info = "type.googleapis.com/google.rpc.RetryInfo"
            error["details"] = [{"@type": info, "retryDelay": "1s"}]
        return {"error": error}

    def blocked(self, asked: Asked, ask: Ask, /) -> JsonObject | None:
        """A refused prompt is an answer with feedback and no candidates."""
        reply = Reply(ask=ask, parts=(), finish="filtered", digest="")
        count = reply.prompt_count
        rating = {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH"}
        return {
            "promptFeedback": {"blockReason": "SAFETY", "safetyRatings": [rating]},
            "usageMetadata": {"promptTokenCount": count, "totalTokenCount": count},
            "modelVersion": ask.model,
            "responseId": asked.id,
        }

    def headers(self, _request_id: str, /) -> dict[str, str]:
        """What Google's front end says about itself."""
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


class _GenerateWriter(Writer):
    def __init__(self, asked: Asked, reply: Reply) -> None:
        self._reply = reply
        self._facts: JsonObject = {"modelVersion": reply.ask.model, "responseId": asked.id}
        self._thoughts = 0
        self._said = 0

    def piece(self, part: Part, piece: str, /) -> bytes:
        if part.kind == "reasoning":
            self._thoughts += 1
            return self._event([{"text": piece, "thought": True}])
        self._said += 1
        return b"" if part.kind == "call" else self._event([{"text": piece}])

    def close(self, part: Part, /) -> bytes:
        return self._event([self._part(part)]) if part.kind == "call" else b""

    def end(self) -> bytes:
        last = self._signed({"text": ""}) if not self._reply.of("call") else {"text": ""}
        return self._event([last], finish=_FINISH[self._reply.finish])

    def fault(self) -> bytes:
        # Google's front end breaks into the stream with a document, not with an event.
        error = {"code": 503, "message": FAULT_MESSAGE, "status": "UNAVAILABLE"}
        return json.dumps({"error": error}, indent=2).encode("ascii") + b"\n"

    def whole(self) -> JsonObject:
        parts = [self._part(part) for part in self._reply.parts]
        if parts and self._reply.parts[-1].kind == "text":
            parts[-1] = self._signed(parts[-1])
        self._thoughts = self._reply.reasoning_count
        self._said = self._reply.count - self._thoughts
        return self._answer(parts, _FINISH[self._reply.finish])

    def _part(self, part: Part) -> JsonObject:
        match part.kind:
            case "reasoning":
                return {"text": part.text, "thought": True}
            case "call":
                call = {"id": part.id, "name": part.name, "args": part.arguments}
                signature = sign(SIGNED, call_text(part.name, part.arguments))
                # A model that thinks signs its first call.
                thought = self._reply.reasoning_count and part.slot == 0
                return {"functionCall": call} | ({"thoughtSignature": signature} if thought else {})
            case _:
                return {"text": part.text}

    def _signed(self, part: JsonObject) -> JsonObject:
        """The last part of a text, which a model that thinks signs."""
        if not self._reply.reasoning_count:
            return part
        return part | {"thoughtSignature": seal(SEALED, self._reply.digest[:24])}

    def _event(self, parts: list[JsonObject], *, finish: str | None = None) -> bytes:
        return sse(self._answer(parts, finish), newline=b"\r\n")

    def _answer(self, parts: list[JsonObject], finish: str | None) -> JsonObject:
        candidate: JsonObject = {"content": {"parts": parts, "role": "model"}}
        if finish is not None:
            candidate["finishReason"] = finish
        count = self._reply.prompt_count
        usage: JsonObject = {"promptTokenCount": count, "candidatesTokenCount": self._said}
        if self._thoughts:
            usage["thoughtsTokenCount"] = self._thoughts
        usage["totalTokenCount"] = count + self._said + self._thoughts
        return {"candidates": [candidate | {"index": 0}], "usageMetadata": usage, **self._facts}
