"""Ollama's rules: it refuses values of another type than its Go structs have, and roles that it does not know.

It ignores fields that it does not know, and options too, and asks for no order of messages, so neither
does this server.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from .._ask import BadAsk
from .._json import JsonObject, as_list, as_object, as_text

ROLES: Final = ("system", "user", "assistant", "tool")
_FLOATS: Final = (
    "frequency_penalty min_p mirostat_eta mirostat_tau presence_penalty repeat_penalty temperature"
    " tfs_z top_p typical_p"
)
_INTEGERS: Final = (
    "main_gpu mirostat num_batch num_ctx num_gpu num_keep num_predict num_thread repeat_last_n seed"
    " top_k"
)
_EFFORTS: Final = ("high", "medium", "low", "max")


def check_ollama(body: JsonObject) -> None:
    """Refuse what Ollama refuses.

    :raises BadAsk: says so in its words.
    """
    for name, kind, word in (
        ("model", str, "string"),
        ("messages", list, "[]api.Message"),
        ("stream", bool, "bool"),
        ("options", dict, "map[string]interface {}"),
        ("tools", list, "api.Tools"),
    ):
        _check_type(body.get(name), kind, f"ChatRequest.{name}", word)
    think = body.get("think")
    if think is not None and not isinstance(think, bool) and think not in _EFFORTS:
        raise BadAsk(
            f'invalid think value: "{think}" (must be "high", "medium", "low", true, or false)'
        )
    form = body.get("format")
    if (
        form not in {None, "", "json"}
        if isinstance(form, str | None)
        else not isinstance(form, dict)
    ):
        raise BadAsk(f'invalid format: "{form}"; expected "json" or a valid JSON Schema object')
    _check_options(as_object(body.get("options")))
    for message in as_list(body.get("messages")):
        _check_type(message, dict, "ChatRequest.messages", "api.Message")
        _check_message(as_object(message))


def _check_type(value: Any, kind: type, field: str, wanted: str) -> None:
    """Refuse what Go's decoder cannot put into a field; null leaves it empty."""
    if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
        return
    names = {"str": "string", "bool": "bool", "list": "array", "dict": "object"}
    given = names.get(type(value).__name__, "number")
    raise BadAsk(f"json: cannot unmarshal {given} into Go struct field {field} of type {wanted}")


def _check_options(options: JsonObject) -> None:
    for names, kind, word in (
        (_FLOATS, int | float, "float32"),
        (_INTEGERS, int | float, "integer"),
    ):
        for name in names.split():
            value = options.get(name)
            if value is not None and (isinstance(value, bool) or not isinstance(value, kind)):
                raise BadAsk(f'option "{name}" must be of type {word}')
    stop = options.get("stop")
    if stop is not None and not (
        isinstance(stop, list) and all(isinstance(each, str) for each in as_list(options["stop"]))
    ):
        raise BadAsk('option "stop" must be of type array')


def _check_message(message: JsonObject) -> None:
    at = "ChatRequest.messages"
    for name in ("role", "content", "thinking", "tool_name", "tool_call_id"):
        _check_type(message.get(name), str, f"{at}.{name}", "string")
    role = as_text(message.get("role"))
    if role not in ROLES:
        known = ", ".join(f'"{each}"' for each in ROLES)
        raise BadAsk(f'invalid role: "{role}", must be one of [{known}]')
    _check_type(message.get("images"), list, f"{at}.images", "[]api.ImageData")
    for image in as_list(message.get("images")):
        _check_type(image, str, f"{at}.images", "[]uint8")
        try:
            base64.b64decode(as_text(image), validate=True)
        except (binascii.Error, ValueError):
            raise BadAsk("illegal base64 data at input byte 0") from None
    _check_type(message.get("tool_calls"), list, f"{at}.tool_calls", "[]api.ToolCall")
    for call in as_list(message.get("tool_calls")):
        function = as_object(as_object(call).get("function"))
        where = f"ToolCallFunction.{at.partition('.')[2]}.tool_calls.function"
        _check_type(function.get("name"), str, f"{where}.name", "string")
        kind = "api.ToolCallFunctionArguments"
        _check_type(function.get("arguments"), dict, f"{where}.arguments", kind)
