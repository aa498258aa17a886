"""Requests to Gemini: the fields of ``generateContent``, written from neutral messages.

The fields are those of the reference of ``models.generateContent`` (ai.google.dev) and, for servers
of Vertex, its own; each may be written as there (``topK``) or with underscores (``top_k``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from urllib.parse import quote

from ..._errors import ConfigurationError
from ..._media import MediaPart
from ..._parts import Part, RawPart, TextPart, ThoughtPart, ToolCall, is_made_id
from .._given_media import facts_of_medium, was_given_by
from .._message_parts import read_part, refuse_part
from .._messages import (
    Message,
    call_id_of,
    calls_in,
    checked,
    decoded_arguments,
    is_own,
    mapping_or_empty,
    name_results,
    split_system,
)
from .._options import take_options
from .._protocol import HTTPRequest, ModelCall
from .._tools import function_of, read_choice, read_form, read_tools
from ._media import WIRE, plain_media
from ._schema import declaration

CONFIG: Final = frozenset([
    "audioTimestamp",
    "audioTranscriptionConfig",
    "candidateCount",
    "enableAffectiveDialog",
    "enableEnhancedCivicAnswers",
    "frequencyPenalty",
    "imageConfig",
    "logprobs",
    "maxOutputTokens",
    "mediaResolution",
    "modelConfig",
    "presencePenalty",
    "responseFormat",
    "responseJsonSchema",
    "responseLogprobs",
    "responseMimeType",
    "responseModalities",
    "responseSchema",
    "routingConfig",
    "seed",
    "speechConfig",
    "stopSequences",
    "temperature",
    "thinkingConfig",
    "topK",
    "topP",
    "translationConfig",
])
"""The fields of ``generationConfig``."""
TOP_LEVEL: Final = frozenset([
    "cachedContent",
    "continuationToken",
    "generationConfig",
    "labels",
    "modelArmorConfig",
    "outputConfig",
    "safetySettings",
    "serviceTier",
    "store",
    "systemInstruction",
    "toolConfig",
    "tools",
])
"""The other fields of the body."""


def _underscored(field: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", field)


# The field that each option is: by its own name, with underscores, or as other providers say.
_FIELDS: Final[Mapping[str, str]] = {
    **{field: field for field in CONFIG | TOP_LEVEL},
    **{_underscored(field): field for field in CONFIG | TOP_LEVEL},
    "max_tokens": "maxOutputTokens",
    "modelSelectionConfig": "modelConfig",  # as Google's own SDK calls it
    "model_selection_config": "modelConfig",
    "n": "candidateCount",
    "stop": "stopSequences",
}
OPTIONS: Final = _FIELDS.keys() | {"response_format", "tool_choice"}
HINTS: Final = {
    "max_completion_tokens": "write max_tokens=",
    "parallel_tool_calls": "Gemini decides itself how many tools it calls at once",
    "reasoning_effort": "write thinking_config={…}",
    "thinking": "write thinking_config={…}",
}
_MODES: Final = {"auto": "AUTO", "none": "NONE", "required": "ANY"}
_NO_SIGNATURE: Final = "skip_thought_signature_validator"
"""The signature of a call or an image that another model made (ai.google.dev, "Thought signatures")."""
_SIGNING: Final = re.compile(r"gemini-(?:[3-9]|\d\d)")
"""The models that refuse a call without a signature; those that draw, an image without one."""
_TAKES: Final = "text, images, audio and files"


def write_request(call: ModelCall) -> HTTPRequest:
    """The request for *call*."""
    options = take_options(
        call, "gemini", OPTIONS, reserved=("model", "contents", "messages", "stream"), hints=HINTS
    )
    system, messages = split_system(checked(call.messages), options.pop("system", None))
    choice = options.pop("tool_choice", None)
    form = options.pop("response_format", None)
    fields = {_FIELDS[option]: value for option, value in options.items()}
    config: dict[str, Any] = dict(fields.pop("generationConfig", {}))
    config |= {field: fields.pop(field) for field in CONFIG & fields.keys()}
    if isinstance(config.get("stopSequences"), str):
        config["stopSequences"] = [config["stopSequences"]]
    if form is not None:
        config = _form(form) | config
    body: dict[str, Any] = {"contents": _contents(messages, call.model)}
    parts = [{"text": part["text"]} for part in system]
    parts += _instruction(fields.pop("systemInstruction", None))
    if parts:
        body["systemInstruction"] = {"parts": parts}
    if config:
        body["generationConfig"] = config
    if "tools" in fields:
        fields["tools"] = _tools(read_tools(fields["tools"]))
    if choice is not None:
        chosen = {"functionCallingConfig": _choice(choice)}
        fields["toolConfig"] = {**fields.get("toolConfig", {}), **chosen}
    verb = "streamGenerateContent?alt=sse" if call.stream else "generateContent"
    return HTTPRequest(f"/v1beta/models/{_segment(call.model)}:{verb}", body | fields)


def read_request(path: str) -> tuple[str | None, bool]:
    """The model that *path* names, and whether it asks for a stream."""
    _, found, rest = path.rpartition("/models/")
    model, _, verb = rest.partition(":")
    return (model if found else None), verb.startswith("streamGenerateContent")


def _segment(model: str) -> str:
    name = model.removeprefix("models/")
    if name in {"", ".", ".."}:
        raise ConfigurationError(f"{model!r} is no model's name")
    return quote(name, safe="")


def _instruction(given: Any) -> list[Any]:
    """The parts of a ``systemInstruction`` in Gemini's own form, or of a plain text."""
    if not given:
        return []
    if isinstance(given, str):
        return [{"text": given}]
    parts = mapping_or_empty(given).get("parts")
    if isinstance(parts, list | tuple):
        return list(cast(Sequence[Any], parts))
    raise ConfigurationError(
        f"systemInstruction= is {{'parts': [{{'text': …}}]}} or a str, not {given!r:.200}"
    )


def _form(value: Any) -> dict[str, Any]:
    form = read_form(value)
    if form.kind == "text":
        return {}
    schema = {"responseJsonSchema": form.schema} if form.kind == "schema" else {}
    return {"responseMimeType": "application/json", **schema}


def _choice(value: Any) -> dict[str, Any]:
    choice = read_choice(value, "toolConfig={'functionCallingConfig': {'mode': 'ANY'}}")
    if choice is None:
        raise ConfigurationError(
            f"tool_choice={value!r:.200} is not OpenAI's: write"
            " tool_config={'functionCallingConfig': {'mode': 'ANY'}}"
        )
    if not choice.names:
        return {"mode": _MODES[choice.mode]}
    mode = "ANY" if choice.mode == "required" else "VALIDATED"  # AUTO takes no names
    return {"mode": mode, "allowedFunctionNames": list(choice.names)}


def _tools(tools: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    functions = [declaration(function) for tool in tools if (function := function_of(tool))]
    others = [tool for tool in tools if not function_of(tool)]
    return [{"functionDeclarations": functions}, *others] if functions else others


def _needs_signature(call: ToolCall, model: str) -> bool:
    """Whether Gemini would refuse a call because another model made it, or a user."""
    if call.native is not None:
        return call.native.provider != WIRE
    return call.signature is None and _SIGNING.search(model) is not None


def _contents(messages: list[Message], model: str) -> list[dict[str, Any]]:
    """Messages as contents: the results of one turn stand in one."""
    contents: list[dict[str, Any]] = []
    results: list[Any] = []
    for message in name_results(messages):
        if message["role"] == "tool":
            if not results:
                contents.append({"role": "user", "parts": results})
            results.append(_result(message))
            continue
        results = []
        said: Any = message.get("content")
        role = "user"
        if message["role"] == "assistant":
            role, said = "model", _with_own_media(said, model)
        parts = _parts(said)
        if any(_needs_signature(part, model) for part in calls_in(message)[:1]):
            first = next(part for part in parts if "functionCall" in part)
            first["thoughtSignature"] = _NO_SIGNATURE
        if parts:
            contents.append({"role": role, "parts": parts})
    return contents


def _with_own_media(content: Any, model: str) -> Any:
    """An answer whose media are parts of Gemini's: its own as they came."""
    if content is None or isinstance(content, str):
        return content
    return [_media(part, model) if isinstance(part, MediaPart) else part for part in content]


def _media(part: MediaPart, model: str) -> Mapping[str, Any] | Part:
    """A medium in an answer: Gemini's own as it came, another model's sound as the words that are said in it.

    One that has not been read yet stays as it is.
    """
    if part.data is None and part.url is None:
        return part
    own = was_given_by(part, WIRE)
    if part.transcript and part.native is not None and not own:
        return TextPart(part.transcript)
    signature = part.signature if own else None
    if signature is None and part.kind == "image" and _SIGNING.search(model):
        signature = _NO_SIGNATURE  # it was drawn by a model that signs none
    proof = {"thoughtSignature": signature} if signature else {}
    return {**plain_media(part), **proof, **facts_of_medium(part, WIRE)}


def _result(message: Message) -> dict[str, Any]:
    if not message["name"]:
        raise ConfigurationError(
            f"the result of call {call_id_of(message)!r} answers no call of the messages before it,"
            " and Gemini wants the name of its function: give its 'name'"
        )
    parts = _parts(message["content"])
    word = "error" if message.get("is_error") else "result"
    text = "".join(part["text"] for part in parts if part.keys() == {"text"})
    response: dict[str, Any] = {"name": message["name"], "response": {word: text}}
    media = [part for part in parts if part.keys() != {"text"}]
    if media:
        response["parts"] = media
    return {"functionResponse": response}


def _parts(content: Any) -> list[Any]:
    if isinstance(content, str):
        return [{"text": content}] if content else []
    parts = (_part(part) for part in content or ())
    return [part for part in parts if part is not None]


def _part(part: Mapping[str, Any] | Part) -> Mapping[str, Any] | None:
    """The part that Gemini is sent; None for one that only another provider understands."""
    match part:
        case ToolCall():
            call = {"name": part.name, "args": decoded_arguments(part)}
            own_id = {"id": part.id} if _has_own_id(part) else {}
            return {"functionCall": own_id | call, **_signature(part)}
        case ThoughtPart():
            if part.native is None or not is_own(part, WIRE):
                return None
            return {"text": part.text, "thought": True, **_signature(part)}
        case RawPart():
            return part.block if part.provider == WIRE else None
        case TextPart():
            signature = _signature(part)
            return {"text": part.text, **signature} if part.text or signature else None
        case _:
            return _part_of_input(part)


def _signature(part: TextPart | ThoughtPart | ToolCall) -> dict[str, str]:
    """The signature of the very part that it came with."""
    own = part.signature is not None and is_own(part, WIRE)
    return {"thoughtSignature": str(part.signature)} if own else {}


def _has_own_id(call: ToolCall) -> bool:
    """Whether Gemini gave the call its id."""
    return call.native is not None and is_own(call, WIRE) and not is_made_id(call.id)


def _part_of_input(part: Mapping[str, Any] | Part) -> Mapping[str, Any]:
    read = read_part(part)
    if read is None:
        if not isinstance(part, Mapping) or "type" in part:  # which no part of Gemini's own has
            raise refuse_part("gemini", part, _TAKES)
        return part
    if isinstance(read, str):
        return {"text": read}
    if read.file_id:
        raise refuse_part("gemini", read, _TAKES)
    kind = {"mimeType": read.media_type} if read.media_type else {}
    if read.url:
        return {"fileData": {**kind, "fileUri": read.url}}
    return {"inlineData": {**kind, "data": read.data}}
