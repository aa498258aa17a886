"""The rules of Responses: fields, the order of items, and reasoning that is not the server's own.

A reasoning item is known by its id where the response was stored, and by its ``encrypted_content``, which
this server seals, where it was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...providers.encoders._framing import dump
from .._ask import BadAsk
from .._json import JsonObject, as_list, as_object, as_text
from .._signing import unseal
from .._stored import StoredResponses
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
    refuse_word,
)
from ._responses_shapes import CONTENT, RESPONSES
from ._shapes import bracketed, faults
from ._strict_schema import PARAMETERS, check_parameters, check_root, check_strict
from ._values import Range

SEALED: Final = "reasoning"
"""The purpose for which the content of a reasoning item is sealed; the text is the item's id."""

_RANGES: Final = {
    "temperature": Range(0, 2),
    "top_p": Range(0, 1),
    "max_output_tokens": Range(16, whole=True),
    "max_tool_calls": Range(1, whole=True),
    "top_logprobs": Range(0, 20, whole=True),
}
_SWITCHES: Final = "stream store parallel_tool_calls background"
_MOVED: Final = {
    "messages": "input",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "response_format": "text.format",
    "reasoning_effort": "reasoning.effort",
    "verbosity": "text.verbosity",
}
_PREFIXES: Final = {"message": "msg", "reasoning": "rs", "function_call": "fc"}
ENCRYPTED: Final = "reasoning.encrypted_content"
INCLUDABLE: Final = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    ENCRYPTED,
    "message.output_text.logprobs",
)


def check_responses(body: JsonObject, stored: StoredResponses, *, ignored: bool) -> None:
    """Refuse what OpenAI refuses; fields that are not known may be *ignored*.

    :raises BadAsk: says so in its words.
    """
    for old, new in _MOVED.items():
        if body.get(old) is not None and not ignored:
            text = (
                f"Unsupported parameter: '{old}'. In the Responses API, this parameter has moved to"
                f" '{new}'. Try again with the new parameter."
            )
            raise BadAsk(text, param=old, code="unsupported_parameter")
    check_fields(body, RESPONSES, ignored=ignored)
    check_numbers(body, _RANGES)
    check_switches(body, _SWITCHES)
    check_words(body, {"truncation": "auto disabled"})
    for place, word in enumerate(as_list(body.get("include"))):
        if word not in INCLUDABLE:
            raise refuse_word(f"include[{place}]", word, INCLUDABLE)
    _check_tools(body)
    _check_format(body)
    before = _before(body, stored)
    if isinstance(body.get("input"), list):
        check_length(body["input"], "input", 1)
        items = [as_object(item) for item in as_list(body["input"])]
        for place, item in enumerate(items):
            _check_item(item, f"input[{place}]", stored)
        _check_reasoning(items, stored, store=body.get("store") is not False)
        _check_calls([*before, *items])
    elif body.get("input") is None:
        text = "Missing required parameter: 'input'."
        raise BadAsk(text, param="input", code="missing_required_parameter")
    else:
        check_type(body["input"], str, "input", "one of a string or array of input items")
        _check_calls(before)


def _before(body: JsonObject, stored: StoredResponses) -> Sequence[JsonObject]:
    """The items that a previous response stands for."""
    response_id = body.get("previous_response_id")
    if response_id is None:
        return ()
    before = stored.conversation(response_id)
    if before is None:
        text = f"Previous response with id '{response_id}' not found."
        raise BadAsk(text, param="previous_response_id", code="previous_response_not_found")
    return before


def _check_tools(body: JsonObject) -> None:
    names: list[str] = []
    for place, tool in enumerate(map(as_object, as_list(body.get("tools")))):
        if tool.get("type") not in {"function", "custom"}:
            continue
        name, where = tool.get("name"), f"tools[{place}].parameters"
        check_name(name, f"tools[{place}].name")
        names.append(as_text(name))
        what = f"function '{name}'"
        check_parameters(tool.get("parameters"), what, where)
        if tool.get("strict") and tool.get("parameters") is not None:
            check_strict(as_object(tool["parameters"]), what, where, PARAMETERS)
    check_tool_use(body, names)


def _check_format(body: JsonObject) -> None:
    form = as_object(as_object(body.get("text")).get("format"))
    if form.get("type") == "json_schema":
        check_name(form.get("name"), "text.format.name")
        what, where = f"response_format '{form['name']}'", "text.format.schema"
        check_root(form.get("schema"), what, where, "invalid_json_schema")
        if form.get("strict"):
            check_strict(as_object(form.get("schema")), what, where, "invalid_json_schema")
    if form.get("type") == "json_object" and b"json" not in dump(body.get("input")).lower():
        raise BadAsk(
            "Response input messages must contain the word 'json' in some form to use 'text.format'"
            " of type 'json_object'.",
            param="input",
        )


def _check_item(item: JsonObject, at: str, stored: StoredResponses) -> None:
    kind = item.get("type", "message")
    item_id, prefix = item.get("id"), _PREFIXES.get(as_text(kind))
    if prefix and isinstance(item_id, str) and not item_id.startswith(prefix):
        text = f"Invalid '{at}.id': '{item_id}'. Expected an ID that begins with '{prefix}'."
        raise BadAsk(text, param=f"{at}.id", code="invalid_value")
    match kind:
        case "message":
            _check_message(item, at)
        case "function_call":
            for name in ("call_id", "name", "arguments"):
                need_text(item.get(name), f"{at}.{name}")
        case "function_call_output":
            if item.get("call_id") is None:
                text = f"Missing required parameter: '{at}.call_id'."
                raise BadAsk(text, param=f"{at}.call_id", code="missing_required_parameter")
            if not isinstance(item.get("output"), list):
                need_text(item.get("output"), f"{at}.output")
        case "item_reference":
            if stored.item(item_id) is None:
                raise _not_found(item_id)
        case _:
            pass


def _check_message(item: JsonObject, at: str) -> None:
    role = item.get("role")
    if role not in CONTENT:
        raise refuse_word(f"{at}.role", role, tuple(CONTENT))
    content = item.get("content")
    if not isinstance(content, list):
        need_text(content, f"{at}.content")
    for fault in faults(item["content"], CONTENT[role]):
        where = f"{at}.content{bracketed(fault.path)}"
        if fault.kind == "tag":
            raise refuse_word(where, fault.value, fault.known)
        verb = "Unknown" if fault.kind == "unknown" else "Missing required"
        where += f".{fault.name}"
        code = f"{verb.lower().replace(' ', '_')}_parameter"
        raise BadAsk(f"{verb} parameter: '{where}'.", param=where, code=code)


def _check_reasoning(items: list[JsonObject], stored: StoredResponses, *, store: bool) -> None:
    """Refuse reasoning that is not known, or is torn from what it led to."""
    for place, item in enumerate(items):
        item_id, kind = item.get("id"), item.get("type", "message")
        if kind == "reasoning":
            sealed = item.get("encrypted_content")
            if sealed is None and stored.item(item_id) is None:
                raise _not_found(item_id, store=store)
            if sealed is not None and unseal(SEALED, as_text(sealed)) != item_id:
                raise BadAsk(
                    f"The encrypted content for item {item_id} could not be verified. Reason: Encrypted"
                    " content could not be decrypted or parsed.",
                    code="invalid_encrypted_content",
                )
            if not _is_output(items[place + 1] if place + 1 < len(items) else {}):
                raise BadAsk(
                    f"Item '{item_id}' of type 'reasoning' was provided without its required following"
                    " item.",
                    param="input",
                )
        needed = stored.reasoning_before(item_id) if item_id is not None else None
        if needed is not None and (place == 0 or items[place - 1].get("id") != needed):
            raise BadAsk(
                f"Item '{item_id}' of type '{kind}' was provided without its required 'reasoning' item:"
                f" '{needed}'.",
                param="input",
            )


def _is_output(item: JsonObject) -> bool:
    """Whether a model may have written that item."""
    kind = as_text(item.get("type", "message" if item else ""))
    if kind == "message":
        return item.get("role") == "assistant"
    return kind == "item_reference" or (bool(kind) and not kind.endswith("_output"))


def _check_calls(items: Sequence[JsonObject]) -> None:
    """Refuse calls without their outputs, and outputs without their calls."""
    waiting: dict[str, bool] = {}
    for item in items:
        call_id = as_text(item.get("call_id"))
        match item.get("type"):
            case "function_call":
                waiting[call_id] = True
            case "function_call_output" if call_id not in waiting:
                text = f"No tool call found for function call output with call_id {call_id}."
                raise BadAsk(text, param="input")
            case "function_call_output" if not waiting[call_id]:
                text = f"Duplicate tool output found for function call {call_id}."
                raise BadAsk(text, param="input")
            case "function_call_output":
                waiting[call_id] = False
            case _:
                pass
    for call_id, waits in waiting.items():
        if waits:
            text = f"No tool output found for function call {call_id}."
            raise BadAsk(text, param="input")


def _not_found(item_id: object, *, store: bool = True) -> BadAsk:
    text = f"Item with id '{item_id}' not found."
    if not store:
        text += (
            " Items are not persisted when `store` is set to false. Try again with `store` set to"
            " true, or remove this item from your input."
        )
    return BadAsk(text, param="input", status=404)
