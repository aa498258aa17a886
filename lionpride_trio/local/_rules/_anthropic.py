"""Anthropic's rules: fields, numbers, and messages that say nothing or what their role may not.

In which order they may come is said in `_anthropic_turns`, what thinking adds in `_anthropic_thinking`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from ...providers.encoders._framing import dump
from .._ask import BadAsk
from .._json import JsonObject, as_list, as_object, as_text
from ._anthropic_schema import check_schema
from ._anthropic_shapes import BETA, MESSAGE
from ._anthropic_thinking import check_thinking
from ._anthropic_turns import check_calls, read_turns
from ._shapes import Fault, faults, tagged
from ._values import Range

_RANGES: Final = {
    "max_tokens": Range(1, whole=True),
    "temperature": Range(0, 1),
    "top_p": Range(0, 1),
    "top_k": Range(0, whole=True),
}
_ID: Final = re.compile(r"[a-zA-Z0-9_-]+")
_NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,128}")
_PLACES: Final = {
    "tool_use": "assistant",
    "thinking": "assistant",
    "redacted_thinking": "assistant",
    "tool_result": "user",
    "image": "user",
    "document": "user",
}
"""Blocks that one role alone may have."""


def check_anthropic(body: JsonObject, beta: str) -> None:
    """Refuse what Anthropic refuses; *beta* is the header that names its betas.

    :raises BadAsk: says so in its words.
    """
    fault = next(faults(body, BETA if beta else MESSAGE), None)
    if fault is not None:
        raise BadAsk(_sentence(fault))
    for name, allowed in _RANGES.items():
        _check_number(name, body.get(name), allowed)
    if not isinstance(body.get("stream"), bool | None):
        raise BadAsk("stream: Input should be a valid boolean")
    for place, stop in enumerate(as_list(body.get("stop_sequences"))):
        if not as_text(stop).strip():
            text = "each stop sequence must contain non-whitespace"
            raise BadAsk(f"stop_sequences.{place}: {text}")
    if dump(body).count(b'"cache_control":{') > 4:
        raise BadAsk("A maximum of 4 blocks with cache_control may be provided.")
    _check_tools(body)
    form = as_object(as_object(body.get("output_config")).get("format"))
    if form:
        check_schema(as_object(form["schema"]), "output_config.format.schema")
    _check_texts("system", body.get("system"))
    messages = [as_object(message) for message in as_list(body.get("messages"))]
    for place, message in enumerate(messages):
        _check_message(message, place, is_last=place == len(messages) - 1, beta=bool(beta))
    if not messages:
        raise BadAsk("messages: at least one message is required")
    turns = read_turns(messages)
    if turns[0].role != "user":
        raise BadAsk('messages: first message must use the "user" role')
    check_calls(turns)
    check_thinking(body, turns, interleaved="interleaved-thinking" in beta)


def _sentence(fault: Fault) -> str:
    at = tagged(fault.path)
    where = ".".join(filter(None, (at, fault.name)))
    match fault.kind:
        case "unknown":
            return f"{where}: Extra inputs are not permitted"
        case "missing" if fault.known:
            return f"{at}: Unable to extract tag using discriminator '{fault.name}()'"
        case "missing":
            return f"{where}: Field required"
        case "type":
            kind = {"string": "string", "array": "list", "object": "dictionary"}[fault.expected]
            return f"{where}: Input should be a valid {kind}"
        case "tag":
            expected = ", ".join(f"'{word}'" for word in fault.known)
            return (
                f"{at}: Input tag '{fault.value}' found using '{fault.name}' does not match any of"
                f" the expected tags: {expected}"
            )


def _check_number(name: str, value: Any, allowed: Range) -> None:
    match allowed.fault(value):
        case "type":
            kind = "integer" if allowed.whole else "number"
            raise BadAsk(f"{name}: Input should be a valid {kind}")
        case "low":
            raise BadAsk(f"{name}: Input should be greater than or equal to {allowed.low}")
        case "high":
            raise BadAsk(f"{name}: Input should be less than or equal to {allowed.high}")
        case None:
            pass


def _check_tools(body: JsonObject) -> None:
    tools = [as_object(tool) for tool in as_list(body.get("tools"))]
    names = [tool["name"] for tool in tools if "name" in tool]
    for place, tool in enumerate(tools):
        if tool.get("type", "custom") != "custom":
            continue
        at = f"tools.{place}.custom"
        if not _NAME.fullmatch(as_text(tool["name"])):
            raise BadAsk(f"{at}.name: String should match pattern '^{_NAME.pattern}$'")
        if as_object(tool["input_schema"]).get("type") != "object":
            raise BadAsk(f"{at}.input_schema.type: Input should be 'object'")
        if tool["input_schema"].keys() & {"oneOf", "allOf", "anyOf"}:
            text = "input_schema does not support oneOf, allOf, or anyOf at the top level"
            raise BadAsk(f"{at}.input_schema: {text}")
        if tool.get("strict"):
            check_schema(as_object(tool["input_schema"]), f"{at}.input_schema")
    if len(set(names)) < len(names):
        raise BadAsk("tools: Tool names must be unique.")
    choice = as_object(body.get("tool_choice"))
    if choice and not tools:
        raise BadAsk("tool_choice: may only be specified while providing tools")
    if choice.get("type") == "tool" and choice["name"] not in names:
        raise BadAsk(f"Tool '{choice['name']}' not found in provided tools")


def _check_message(message: JsonObject, place: int, *, is_last: bool, beta: bool) -> None:
    role, content = message.get("role"), message.get("content")
    at = f"messages.{place}"
    roles = ("user", "assistant", "system") if beta else ("user", "assistant")
    if role not in roles:
        known = " or ".join(f"'{each}'" for each in roles[:2])
        raise BadAsk(f"{at}.role: Input should be {known}")
    if not isinstance(content, str | list):
        raise BadAsk(f"{at}.content: Input should be a valid list")
    if not content and not (is_last and role == "assistant"):
        raise BadAsk(
            f"{at}: all messages must have non-empty content except for the optional final"
            " assistant message"
        )
    if content:
        _check_texts("messages", message["content"])
    for number, block in enumerate(map(as_object, as_list(message["content"]))):
        kind = as_text(block.get("type"))
        if _PLACES.get(kind, role) != role:
            raise BadAsk(
                f"{at}.content.{number}: `{kind}` blocks can only be in `{_PLACES[kind]}` messages"
            )
        if kind in {"tool_use", "server_tool_use"} and not isinstance(block["input"], dict):
            raise BadAsk(f"{at}.content.{number}.{kind}.input: Input should be a valid dictionary")
        if kind == "tool_use" and not _ID.fullmatch(as_text(block["id"])):
            text = f"String should match pattern '^{_ID.pattern}$'"
            raise BadAsk(f"{at}.content.{number}.tool_use.id: {text}")
        if kind == "tool_result":
            _check_texts("messages", block.get("content"))
    if is_last and role == "assistant" and _ends_in_space(message["content"]):
        raise BadAsk("messages: final assistant content cannot end with trailing whitespace")


def _check_texts(where: str, content: Any) -> None:
    """Refuse blocks of text that say nothing."""
    if isinstance(content, str):
        if content and not content.strip():
            raise BadAsk(f"{where}: text content blocks must contain non-whitespace text")
        return
    for block in map(as_object, as_list(content)):
        if block.get("type") != "text":
            continue
        if not block["text"].strip():
            fault = "contain non-whitespace text" if block["text"] else "be non-empty"
            raise BadAsk(f"{where}: text content blocks must {fault}")


def _ends_in_space(content: Any) -> bool:
    blocks = as_list(content)
    text = as_text(as_object(blocks[-1]).get("text")) if blocks else as_text(content)
    return text != text.rstrip()
