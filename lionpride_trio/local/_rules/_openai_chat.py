"""The rules of chat completions: those of OpenAI, and those of Groq, OpenRouter and vLLM.

The order of messages is the same for all of them.  Fields that they do not know are refused by OpenAI and Groq,
and ignored by OpenRouter and by vLLM, which ``openai_compatible`` and ``local`` play.  Groq has fewer fields
and sentences of its own.
"""

from __future__ import annotations

from typing import Final

from ..._hints import closest
from ...providers.encoders import Dialect
from ...providers.encoders._framing import dump
from .._ask import BadAsk
from .._json import JsonObject, as_list, as_object, as_text
from ._openai import (
    check_fields,
    check_length,
    check_name,
    check_numbers,
    check_switches,
    check_tool_use,
    check_type,
    check_words,
    need_text,
)
from ._openai_chat_shapes import GROQ, OPENAI
from ._shapes import Fault, dotted, faults
from ._strict_schema import PARAMETERS, check_parameters, check_root, check_strict
from ._values import Range

_RANGES: Final = {
    "temperature": Range(0, 2),
    "top_p": Range(0, 1),
    "presence_penalty": Range(-2, 2),
    "frequency_penalty": Range(-2, 2),
    "n": Range(1, 128, whole=True),
    "max_tokens": Range(1, whole=True),
    "max_completion_tokens": Range(1, whole=True),
    "top_logprobs": Range(0, 20, whole=True),
    "seed": Range(-(2**63), 2**63 - 1, whole=True),
}
_SWITCHES: Final = "stream store logprobs parallel_tool_calls"
EFFORTS: Final = {
    "openai": "none minimal low medium high xhigh max",
    "groq": "none default low medium high",
}


def check_openai_chat(body: JsonObject, dialect: Dialect) -> None:
    """Refuse what that service refuses.

    :raises BadAsk: says so in its words.
    """
    match dialect:
        case "openai":
            _check_openai_fields(body)
        case "groq":
            _check_groq_fields(body)
        case "openrouter" | "compatible":
            check_fields(body, OPENAI, ignored=True)
    check_numbers(body, _RANGES)
    check_switches(body, _SWITCHES)
    if dialect in EFFORTS:
        check_words(body, {"reasoning_effort": EFFORTS[dialect]})
    check_length(body.get("stop"), "stop", 1, 4 if dialect in {"openai", "groq"} else None)
    if body.get("stream_options") is not None and not body.get("stream"):
        text = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise BadAsk(text, param="stream_options")
    if dialect == "openai":
        _check_pairs(body)
    _check_tools(body)
    _check_format(body, dialect)
    _check_messages(body)


def _check_openai_fields(body: JsonObject) -> None:
    for name in body:
        if name not in OPENAI.fields:
            raise BadAsk(f"Unrecognized request argument supplied: {name}")
    check_fields(body, OPENAI)


def _check_groq_fields(body: JsonObject) -> None:
    fault = next(faults(body, GROQ), None)
    if fault is not None:
        raise BadAsk(_groq_sentence(fault, body))
    raw = body.get("reasoning_format") == "raw"
    kind = as_object(body.get("response_format")).get("type")
    if raw and (body.get("tools") or kind not in {None, "text"}):
        raise BadAsk("`reasoning_format` must be `parsed` or `hidden` with tools or JSON mode")
    if body.get("reasoning_format") is not None and body.get("include_reasoning") is not None:
        raise BadAsk("cannot specify both `reasoning_format` and `include_reasoning`")


def _groq_sentence(fault: Fault, body: JsonObject) -> str:
    at = dotted(fault.path)
    if fault.kind == "type" and fault.name:
        at = f"{at}.{fault.name}" if at else fault.name
    text = {
        "unknown": f"property '{fault.name}' is unsupported",
        "missing": f"property '{fault.name}' is missing",
        "type": f"value must be {'a' if fault.expected == 'string' else 'an'} {fault.expected}",
        "tag": f"discriminator property '{fault.name}' has invalid value",
    }[fault.kind]
    if fault.kind == "unknown" and (near := closest(fault.name, fault.known)):
        text += f", did you mean '{near}'?"
    if not at:
        return text
    if fault.path[:1] != ("messages",) or fault.kind == "tag":
        return f"'{at}' : {text}"
    message, place = dotted(fault.path[:2]), fault.path[1]
    assert isinstance(place, int)  # the messages are a list, as the shape says
    role = as_text(as_object(as_list(body.get("messages"))[place]).get("role"))
    return f"'{message}' : for 'role:{role}' the following must be satisfied[('{at}' : {text})]"


def _check_pairs(body: JsonObject) -> None:
    """Refuse fields that do not go together."""
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        raise BadAsk(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            code="invalid_parameter_combination",
        )
    if body.get("top_logprobs") is not None and not body.get("logprobs"):
        text = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled."
        raise BadAsk(text, param="top_logprobs")


def _check_tools(body: JsonObject) -> None:
    check_length(body.get("tools"), "tools", 1, 128)
    names: list[str] = []
    for place, tool in enumerate(map(as_object, as_list(body.get("tools")))):
        kind = as_text(tool.get("type"))
        function = as_object(tool.get(kind))
        name = function.get("name")
        check_name(name, f"tools[{place}].{kind}.name")
        names.append(as_text(name))
        if kind != "function":
            continue
        what, where = f"function '{name}'", f"tools[{place}].function.parameters"
        check_type(function.get("strict"), bool, f"tools[{place}].function.strict", "a boolean")
        check_parameters(function.get("parameters"), what, where)
        if function.get("strict"):
            check_strict(as_object(function.get("parameters")), what, where, PARAMETERS)
    check_tool_use(body, names)


def _check_format(body: JsonObject, dialect: Dialect) -> None:
    form = as_object(body.get("response_format"))
    if form.get("type") == "json_schema":
        described = as_object(form.get("json_schema"))
        check_name(described.get("name"), "response_format.json_schema.name")
        what = f"response_format '{described['name']}'"
        check_root(described.get("schema"), what, "response_format", "invalid_json_schema")
        if described.get("strict"):
            schema = as_object(described.get("schema"))
            check_strict(schema, what, "response_format", "invalid_json_schema")
    if form.get("type") == "json_object" and dialect in {"openai", "groq"}:
        said = dump(body.get("messages")).decode().lower()
        if "json" not in said:
            raise BadAsk(
                "'messages' must contain the word 'json' in some form, to use 'response_format' of"
                " type 'json_object'.",
                param="messages",
            )


def _check_messages(body: JsonObject) -> None:
    """Refuse messages that cannot follow each other."""
    check_length(body.get("messages"), "messages", 1)
    waiting: list[str] = []
    answered: set[str] = set()
    calls_before = False
    for place, message in enumerate(map(as_object, as_list(body.get("messages")))):
        at = f"messages.[{place}]"
        if message.get("role") == "tool":
            _check_result(message, at, waiting, answered, calls_before=calls_before)
            continue
        _check_all_answered(waiting, answered, f"{at}.role")
        _check_content(message, at)
        waiting, answered = _call_ids(message, place), set()
        calls_before = bool(waiting)
    _check_all_answered(waiting, answered, "messages")


def _check_result(
    message: JsonObject, at: str, waiting: list[str], answered: set[str], *, calls_before: bool
) -> None:
    if not calls_before:
        raise BadAsk(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding"
            " message with 'tool_calls'.",
            param=f"{at}.role",
        )
    given = need_text(message.get("tool_call_id"), f"{at}.tool_call_id")
    if given not in waiting:
        raise BadAsk(
            f"Invalid parameter: 'tool_call_id' of '{given}' not found in 'tool_calls' of previous"
            " message.",
            param=f"{at}.tool_call_id",
        )
    if given in answered:
        text = f"Invalid parameter: Duplicate value for 'tool_call_id' of '{given}' in message."
        raise BadAsk(text, param=f"{at}.tool_call_id")
    _check_content(message, at)
    answered.add(given)


def _check_all_answered(waiting: list[str], answered: set[str], param: str) -> None:
    missing = [each for each in waiting if each not in answered]
    if missing:
        raise BadAsk(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to"
            " each 'tool_call_id'. The following tool_call_ids did not have response messages:"
            f" {', '.join(missing)}",
            param=param,
        )


def _check_content(message: JsonObject, at: str) -> None:
    content = message.get("content")
    if isinstance(content, str):
        return
    if isinstance(content, list):
        check_length(as_list(message["content"]), f"{at}.content", 1)
        return
    speaks = message.keys() & {"tool_calls", "function_call", "audio", "refusal"}
    if content is None and message.get("role") == "assistant" and speaks:
        return
    if content is None:
        text = "Invalid value for 'content': expected a string, got null."
        raise BadAsk(text, param=f"{at}.content")
    check_type(content, str, f"{at}.content", "one of a string or array of objects")


def _call_ids(message: JsonObject, place: int) -> list[str]:
    where = f"messages[{place}].tool_calls"
    check_length(message.get("tool_calls"), where, 1)
    ids: list[str] = []
    for number, call in enumerate(map(as_object, as_list(message.get("tool_calls")))):
        at = f"{where}[{number}]"
        given = need_text(call.get("id"), f"{at}.id")
        if given in ids:
            text = f"Invalid '{at}.id': '{given}' is the id of another call of this message."
            raise BadAsk(text, param=f"{at}.id", code="invalid_value")
        if call.get("type") == "function":
            function = as_object(call.get("function"))
            need_text(function.get("arguments"), f"{at}.function.arguments")
            check_name(function.get("name"), f"{at}.function.name")
        ids.append(given)
    return ids
