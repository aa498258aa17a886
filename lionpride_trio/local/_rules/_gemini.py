"""Gemini's rules: it refuses unknown names, empty parts, and calls that are not answered at once.

Contents of the model that follow each other are one turn: a client that streams keeps them so.
"""

from __future__ import annotations

import re
from typing import Any, Final

from .._ask import BadAsk
from .._json import Json, JsonObject, as_list, as_object, as_text
from ._gemini_shapes import GENERATE, SPELLINGS, underscored
from ._gemini_turns import check_turns
from ._shapes import bracketed, faults
from ._values import Range

_RANGES: Final = {
    "temperature": Range(0, 2),
    "topP": Range(0, 1),
    "topK": Range(1, whole=True),
    "maxOutputTokens": Range(1, whole=True),
    "candidateCount": Range(1, 8, whole=True),
    "seed": Range(-(2**31), 2**31 - 1, whole=True),
}
_TYPES: Final = ("application/json", "text/plain", "text/x.enum")
_MODES: Final = ("MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED")
_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}")
_DATA: Final = (
    "text",
    "inlineData",
    "functionCall",
    "functionResponse",
    "fileData",
    "executableCode",
    "codeExecutionResult",
    "toolCall",
    "toolResponse",
    "audioTranscription",
)
"""The fields of a part of which it has exactly one."""


def check_gemini(body: JsonObject, *, signed: bool, draws: bool = False) -> None:
    """Refuse what Gemini refuses; with *signed* the calls must bring their thought signatures.

    With *draws* the images of the model's own turns must, too.

    :raises BadAsk: says so in its words.
    """
    body = camel(body)
    for fault in faults(body, GENERATE):
        where = underscored(bracketed(fault.path))
        if fault.kind == "type":
            name = underscored(".".join(filter(None, (where, fault.name))))
            kind = "TYPE_STRING" if fault.expected == "string" else f"TYPE_{fault.expected.upper()}"
            raise BadAsk(f"Invalid value at '{name}' ({kind}), {fault.value!r:.100}")
        at = f" at '{where}'" if where else ""
        raise BadAsk(
            f'Invalid JSON payload received. Unknown name "{fault.name}"{at}: Cannot find field.'
        )
    _check_config(as_object(body.get("generationConfig")))
    _check_tools(body)
    contents = [as_object(content) for content in as_list(body.get("contents"))]
    for place, content in enumerate(contents):
        _check_content(content, f"GenerateContentRequest.contents[{place}]")
    check_turns(contents, signed=signed, draws=draws)


def camel(value: Json) -> Any:
    """Rewrite names with underscores as Gemini's own; the client's own data is left alone."""
    if isinstance(value, list):
        return [camel(item) for item in as_list(value)]
    if not isinstance(value, dict):
        return value
    return {
        (name := SPELLINGS.get(key, key)): each if name in _OWN else _camel_names(name, each)
        for key, each in as_object(value).items()
    }


# Fields whose members the client names itself: their names are no words of Gemini's.
_OWN: Final = frozenset([
    "args",
    "response",
    "parametersJsonSchema",
    "responseJsonSchema",
    "labels",
])


def _camel_names(name: str, value: Json) -> Any:
    if name != "properties":
        return camel(value)
    return {key: camel(each) for key, each in as_object(value).items()}


def _check_config(config: JsonObject) -> None:
    at = "GenerateContentRequest.generation_config"
    for name, allowed in _RANGES.items():
        field = f"generation_config.{underscored(name)}"
        match allowed.fault(config.get(name)):
            case "type":
                kind = "TYPE_INT32" if allowed.whole else "TYPE_FLOAT"
                raise BadAsk(f"Invalid value at '{field}' ({kind}), {config[name]!r}")
            case None:
                pass
            case _:
                span = f"[{allowed.low}, {allowed.high}]"
                raise BadAsk(
                    f"* {at}.{underscored(name)}: {underscored(name)} must be in the range {span}."
                )
    if len(as_list(config.get("stopSequences"))) > 5:
        raise BadAsk(f"* {at}.stop_sequences: at most 5 stop sequences are supported.")
    if config.get("responseMimeType") not in {None, *_TYPES}:
        allowed_types = ", ".join(f"`{each}`" for each in _TYPES)
        raise BadAsk(f"* {at}.response_mime_type: allowed mimetypes are {allowed_types}.")
    for name in ("responseSchema", "responseJsonSchema"):
        if config.get(name) is not None and config.get("responseMimeType") not in {
            "application/json",
            "text/x.enum",
        }:
            raise BadAsk(
                f"* {at}.{underscored(name)}: only allowed when `response_mime_type` is"
                " `application/json` or `text/x.enum`."
            )
    if config.get("responseSchema") is not None and config.get("responseJsonSchema") is not None:
        raise BadAsk(f"* {at}: only one of response_schema and response_json_schema can be set.")


def _check_tools(body: JsonObject) -> None:
    names: list[Any] = []
    for place, tool in enumerate(map(as_object, as_list(body.get("tools")))):
        for number, one in enumerate(map(as_object, as_list(tool.get("functionDeclarations")))):
            at = f"GenerateContentRequest.tools[{place}].function_declarations[{number}]"
            name = one.get("name")
            if not _NAME.fullmatch(as_text(name)):
                raise BadAsk(
                    f"* {at}.name: Invalid function name. Must start with a letter or an"
                    " underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.),"
                    " colons (:), or dashes (-), with a maximum length of 128."
                )
            if name in names:
                raise BadAsk(f"Duplicate function declaration found: {name}")
            if one.get("parameters") is not None and one.get("parametersJsonSchema") is not None:
                raise BadAsk(
                    f"* {at}: only one of parameters and parameters_json_schema can be set."
                )
            _check_schema(as_object(one.get("parameters")), f"{at}.parameters")
            names.append(name)
    _check_calling(body, names)


def _check_schema(schema: JsonObject, at: str) -> None:
    """Refuse objects that say nothing of what is in them, and fields that are asked for and not there."""
    properties = as_object(schema.get("properties"))
    if as_text(schema.get("type")).upper() == "OBJECT" and not properties:
        raise BadAsk(f"* {at}.properties: should be non-empty for OBJECT type")
    for place, name in enumerate(as_list(schema.get("required"))):
        if as_text(name) not in properties:
            raise BadAsk(f"* {at}.required[{place}]: property is not defined")
    for name, each in properties.items():
        _check_schema(as_object(each), f"{at}.properties[{name}]")
    if "items" in schema:
        _check_schema(as_object(schema["items"]), f"{at}.items")
    elif as_text(schema.get("type")).upper() == "ARRAY":
        raise BadAsk(f"* {at}.items: missing field.")


def _check_calling(body: JsonObject, names: list[Any]) -> None:
    calling = as_object(as_object(body.get("toolConfig")).get("functionCallingConfig"))
    mode = calling.get("mode", "AUTO")
    at = "tool_config.function_calling_config"
    if mode not in _MODES:
        raise BadAsk(f"Invalid value at '{at}.mode' (type.googleapis.com/Mode), \"{mode}\"")
    allowed = as_list(calling.get("allowedFunctionNames"))
    if allowed and mode not in {"ANY", "VALIDATED"}:
        raise BadAsk("Allowed function names should be set only when function calling mode is ANY.")
    for name in allowed:
        if name not in names:
            text = f"{name!r} is no name of a function declaration"
            raise BadAsk(f"* GenerateContentRequest.{at}.allowed_function_names: {text}")
    if mode == "ANY" and not names:
        raise BadAsk("Function calling mode is ANY, but no function declarations are given.")


def _check_content(content: JsonObject, at: str) -> None:
    if content.get("role") not in {None, "user", "model", "function"}:
        raise BadAsk("Please use a valid role: user, model.")
    parts = as_list(content.get("parts"))
    if not parts:
        raise BadAsk(f"* {at}.parts: contents.parts must not be empty.")
    for place, part in enumerate(map(as_object, parts)):
        held = [name for name in _DATA if part.get(name) is not None]
        if not held:
            text = "required oneof field 'data' must have one initialized field"
            raise BadAsk(f"* {at}.parts[{place}].data: {text}")
        if len(held) > 1:
            where = f"{at.partition('.')[2]}.parts[{place}]"
            raise BadAsk(
                f"Invalid value at '{where}' (oneof), oneof field 'data' is already set. Cannot set"
                f" '{held[1]}'"
            )
        for name, inside in (("functionCall", "args"), ("functionResponse", "response")):
            value = as_object(part.get(name)).get(inside, {})
            if not isinstance(value, dict):
                where = f"{at.partition('.')[2]}.parts[{place}].{underscored(name)}.{inside}"
                raise BadAsk(
                    f"Invalid value at '{where}' (type.googleapis.com/google.protobuf.Struct)"
                )
