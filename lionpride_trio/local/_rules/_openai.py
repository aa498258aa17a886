"""OpenAI's sentences about fields, types and numbers, the same for both of its wires."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from .._ask import BadAsk
from .._json import Json, JsonObject, as_list, as_object
from ._shapes import Fault, Within, bracketed, faults
from ._values import Range, quoted, type_name

_NAME: Final = re.compile(r"[a-zA-Z0-9_-]+")


def check_fields(body: JsonObject, within: Within, *, ignored: bool = False) -> None:
    """Refuse what does not fit *within*; fields that it does not know may be *ignored*."""
    for fault in faults(body, within):
        if not (ignored and fault.kind == "unknown"):
            raise _refusal(fault)


def _refusal(fault: Fault) -> BadAsk:
    where = bracketed((*fault.path, fault.name) if fault.name else fault.path)
    match fault.kind:
        case "unknown":
            return BadAsk(f"Unknown parameter: '{where}'.", param=where, code="unknown_parameter")
        case "missing":
            text = f"Missing required parameter: '{where}'."
            return BadAsk(text, param=where, code="missing_required_parameter")
        case "type":
            article = "a" if fault.expected == "string" else "an"
            text = (
                f"Invalid type for '{where}': expected {article} {fault.expected}, but got"
                f" {type_name(fault.value)} instead."
            )
            return BadAsk(text, param=where, code="invalid_type")
        case "tag":
            return refuse_word(where, fault.value, fault.known)


def refuse_word(where: str, value: object, known: tuple[str, ...]) -> BadAsk:
    """Make the refusal of a value that is none of a few words."""
    given = value if isinstance(value, str) else type_name(value)
    text = f"Invalid value: '{given}'. Supported values are: {quoted(known)}."
    return BadAsk(text, param=where, code="invalid_value")


def check_type(value: Any, kind: type, where: str, words: str) -> None:
    """Refuse a value of another JSON type; null is that of a field that was not given."""
    if value is None or isinstance(value, kind):
        return
    text = f"Invalid type for '{where}': expected {words}, but got {type_name(value)} instead."
    raise BadAsk(text, param=where, code="invalid_type")


def need_text(value: Any, where: str) -> str:
    """Refuse what is no string, null too."""
    if not isinstance(value, str):
        text = f"Invalid type for '{where}': expected a string, but got {type_name(value)} instead."
        raise BadAsk(text, param=where, code="invalid_type")
    return value


def check_switches(body: JsonObject, names: str) -> None:
    """Refuse what is neither true nor false."""
    for name in names.split():
        check_type(body.get(name), bool, name, "a boolean")


def check_words(body: JsonObject, words: Mapping[str, str]) -> None:
    """Refuse words that a field does not take."""
    for name, known in words.items():
        value = body.get(name)
        if value is not None and value not in known.split():
            raise refuse_word(name, value, tuple(known.split()))


def check_numbers(body: JsonObject, ranges: Mapping[str, Range]) -> None:
    """Refuse numbers outside their range."""
    for name, allowed in ranges.items():
        value: Any = body.get(name)
        kind = "integer" if allowed.whole else "decimal"
        match allowed.fault(value):
            case None:
                continue
            case "type":
                check_type(value, type(None), name, f"{'an' if allowed.whole else 'a'} {kind}")
            case side:
                word, sign = ("below minimum", ">=") if side == "low" else ("above maximum", "<=")
                limit = allowed.low if side == "low" else allowed.high
                code = f"{kind}_{'below_min' if side == 'low' else 'above_max'}_value"
                raise BadAsk(
                    f"Invalid '{name}': {kind} {word} value. Expected a value {sign} {limit}, but"
                    f" got {value} instead.",
                    param=name,
                    code=code,
                )


def check_length(value: Json, where: str, low: int, high: int | None = None) -> None:
    """Refuse a list that is too short or too long."""
    if not isinstance(value, list):
        return
    count = len(as_list(value))
    if count < low:
        text = (
            f"Invalid '{where}': empty array. Expected an array with minimum length {low}, but got"
            " an empty array instead."
        )
        raise BadAsk(text, param=where, code="empty_array")
    if high is not None and count > high:
        text = (
            f"Invalid '{where}': array too long. Expected an array with maximum length {high}, but"
            f" got an array with length {count} instead."
        )
        raise BadAsk(text, param=where, code="array_above_max_length")


def check_name(name: Any, where: str) -> None:
    """Refuse a function's name that has other letters than OpenAI takes, or more than 64."""
    if not _NAME.fullmatch(need_text(name, where)):
        text = (
            f"Invalid '{where}': string does not match pattern. Expected a string that matches the"
            f" pattern '^{_NAME.pattern}$'."
        )
        raise BadAsk(text, param=where, code="invalid_value")
    if len(name) > 64:
        text = (
            f"Invalid '{where}': string too long. Expected a string with maximum length 64, but"
            f" got a string with length {len(name)} instead."
        )
        raise BadAsk(text, param=where, code="string_above_max_length")


def check_tool_use(body: JsonObject, names: list[str]) -> None:
    """Refuse choices among tools that are not there."""
    for field in ("tool_choice", "parallel_tool_calls"):
        if body.get(field) is not None and not body.get("tools"):
            text = f"Invalid value for '{field}': '{field}' is only allowed when 'tools' are specified."
            raise BadAsk(text, param=field)
    choice: Any = body.get("tool_choice")
    if choice is None:
        return
    if not isinstance(choice, dict):
        check_type(choice, str, "tool_choice", "one of a tool choice object or string")
    if isinstance(choice, str) and choice not in {"none", "auto", "required"}:
        raise refuse_word("tool_choice", choice, ("none", "auto", "required"))
    for wanted in _named(as_object(body["tool_choice"])):
        if wanted not in names:
            text = f"Tool choice '{wanted}' not found in 'tools' parameter."
            raise BadAsk(text, param="tool_choice")


def _named(choice: JsonObject) -> list[Any]:
    """The functions that a choice in either wire's form speaks of."""
    if choice.get("type") == "function":
        return [as_object(choice.get("function", choice)).get("name")]
    if choice.get("type") == "allowed_tools":
        allowed = as_object(choice.get("allowed_tools", choice))
        tools = [as_object(tool) for tool in as_list(allowed.get("tools"))]
        return [
            as_object(tool.get("function", tool)).get("name")
            for tool in tools
            if tool.get("type") == "function"
        ]
    return []
