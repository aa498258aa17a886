"""Neutral messages (``{"role", "content", …}``, as OpenAI writes them), checked and taken apart.

``content`` is a string or a list of parts: this library's (`TextPart`, `MediaPart`, what a response
is made of), OpenAI's own, which each provider converts (see ``_message_parts``), or the provider's own,
which are passed on as they are.  An assistant message may have ``tool_calls`` (OpenAI's form); a
``tool`` message answers one by its ``tool_call_id``.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from .._errors import ConfigurationError
from .._parts import PARTS, Native, RawPart, TextPart, ThoughtPart, ToolCall, ToolResult
from .._readonly import ReadOnlyDict
from ._call_ids import identify_calls

ROLES = ("system", "developer", "user", "assistant", "tool")
_SYSTEM = ("system", "developer")

Message = dict[str, Any]


def mapping_or_empty(value: object) -> Mapping[str, Any]:
    """*value* if it is a mapping, else an empty one."""
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def checked(messages: Sequence[Mapping[str, Any]]) -> list[Message]:
    """*messages* as dicts of one form, whose tool calls and results have ids.

    An assistant's calls are `ToolCall` among the parts of its content, and each result is a message
    with the role ``tool``.

    :raises ConfigurationError: there are none, or one is of no known form.
    """
    if not messages:
        raise ConfigurationError('no messages: pass a str or [{"role": "user", "content": "…"}]')
    return identify_calls([one for message in messages for one in _in_one_form(_checked(message))])


def _checked(message: Mapping[str, Any]) -> Message:
    if not isinstance(message, Mapping) or message.get("role") not in ROLES:
        raise ConfigurationError(
            f"a message needs a 'role' out of {', '.join(ROLES)} and a 'content', not {message!r:.200}"
        )
    if "content" not in message and "tool_calls" not in message:
        raise ConfigurationError(f"a message without 'content': {message!r:.200}")
    content: Any = message.get("content")
    if isinstance(content, PARTS):
        content = [content]
    is_parts = isinstance(content, list | tuple) and all(
        isinstance(part, (Mapping, *PARTS)) for part in cast(Sequence[Any], content)
    )
    may_be_empty = content is None and message["role"] == "assistant"
    if not (isinstance(content, str) or is_parts or may_be_empty):
        raise ConfigurationError(
            "the 'content' of a message is a str or a list of parts (dicts, or TextPart, Image(…) and"
            f" the like), not {content!r:.200}"
        )
    for call in message.get("tool_calls") or ():
        if not isinstance(call, Mapping):
            raise ConfigurationError(f"a tool call is a dict, not {call!r:.200}")
    return {**message, "content": content} if is_parts else dict(message)


def _in_one_form(message: Message) -> list[Message]:
    """*message* with its calls among its parts, after the results that it holds as messages."""
    content = message.get("content")
    said: list[Any] = [] if content is None or isinstance(content, str) else list(content)
    if any(isinstance(part, ToolResult) for part in said):
        results = [_result_message(part) for part in said if isinstance(part, ToolResult)]
        rest = [part for part in said if not isinstance(part, ToolResult)]
        return [*results, {**message, "content": rest}] if rest else results
    calls = message.get("tool_calls")
    if not calls:
        return [message]
    if isinstance(content, str) and content:
        said = [TextPart(content)]
    kept = {name: value for name, value in message.items() if name != "tool_calls"}
    return [{**kept, "content": [*said, *map(_call_of, calls)]}]


def _result_message(result: ToolResult) -> Message:
    output: Any = result.output
    if isinstance(output, PARTS):
        output = [output]
    is_parts = isinstance(output, list | tuple) and all(
        isinstance(part, PARTS) for part in cast(Sequence[Any], output)
    )
    if not isinstance(output, str) and not (is_parts and output):
        output = json.dumps(output, ensure_ascii=False)
    message: Message = {"role": "tool", "tool_call_id": result.call_id, "content": output}
    if result.name:
        message["name"] = result.name
    if result.is_error:
        message["is_error"] = True
    return message


def _call_of(call: Mapping[str, Any]) -> ToolCall | RawPart:
    """A tool call in OpenAI's form as a part; one of a custom tool goes back as it is."""
    if "custom" in call and "function" not in call:
        return RawPart("chat", call)
    name, arguments = function_call_of(call)
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False) if arguments else "{}"
    facts = {each: value for each, value in call.items() if each not in {"id", "type", "function"}}
    about = mapping_or_empty(call.get("function"))
    more = {each: value for each, value in about.items() if each not in {"name", "arguments"}}
    if more:
        facts["function"] = more
    native = Native("chat", ReadOnlyDict(facts)) if facts else None
    return ToolCall(call.get("id") or "", name, arguments, native=native)


def calls_in(message: Mapping[str, Any]) -> list[ToolCall]:
    """The tool calls of a message that `checked` gave."""
    content = message.get("content")
    said: Sequence[Any] = () if content is None or isinstance(content, str) else content
    return [part for part in said if isinstance(part, ToolCall)]


def is_own(part: TextPart | ThoughtPart | ToolCall, provider: str) -> bool:
    """Whether what a part's provider said of it may be sent to *provider*: it wrote it, or a user did."""
    return part.native is None or part.native.provider == provider


def facts_of(part: TextPart | ThoughtPart | ToolCall, provider: str) -> Mapping[str, Any]:
    """The facts that *provider* told of a part beside its fields; none where another wrote it."""
    native = part.native
    return native.facts if native is not None and native.provider == provider else {}


def insert_system(messages: list[Message], system: Any) -> list[Message]:
    """*messages*, with the option ``system`` as a message after those that they begin with."""
    added = _system_message(system)
    if added is None:
        return messages
    leading = 0
    while leading < len(messages) and messages[leading]["role"] in _SYSTEM:
        leading += 1
    if leading:  # some models refuse to be given both roles
        added["role"] = messages[leading - 1]["role"]
    return [*messages[:leading], added, *messages[leading:]]


def split_system(
    messages: list[Message], system: Any
) -> tuple[list[dict[str, Any]], list[Message]]:
    """The text parts of all system messages, those of the option ``system`` last, and the rest."""
    added = _system_message(system)
    told = [message for message in messages if message["role"] in _SYSTEM]
    rest = [message for message in messages if message["role"] not in _SYSTEM]
    if not rest:
        raise ConfigurationError("there are system messages alone: add a user's message")
    return [
        part for message in (*told, *([added] if added else ())) for part in _text_parts(message)
    ], rest


def _system_message(system: Any) -> Message | None:
    if not system:
        return None
    if not isinstance(system, str | list | tuple):
        raise ConfigurationError(f"system= is a str or a list of text parts, not {system!r:.200}")
    return _checked({"role": "system", "content": system})


def _text_parts(message: Message) -> list[dict[str, Any]]:
    content: str | Sequence[Any] = message["content"]
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    parts: list[object] = [
        {"text": part.text} if isinstance(part, TextPart) else part for part in content
    ]
    for part in parts:
        if not isinstance(mapping_or_empty(part).get("text"), str):
            raise ConfigurationError(f"a system message has text alone, not {part!r:.200}")
    return [{"type": "text", **mapping_or_empty(part)} for part in parts]


def name_results(messages: list[Message]) -> list[Message]:
    """*messages*, with the results of each turn in the order of its calls, and named as those are.

    For providers whose calls have no ids: the order alone tells two calls of one function apart.
    """
    ordered: list[Message] = []
    calls: dict[Any, tuple[int, str]] = {}
    results: list[tuple[float, Message]] = []
    places = itertools.count()
    for message in messages:
        if message["role"] == "tool":
            unknown = math.inf, message.get("name")
            place, name = calls.get(message.get("tool_call_id"), unknown)
            results.append((place, {**message, "name": name}))
            continue
        ordered += _sorted(results)
        results = []
        ordered.append(message)
        for call in calls_in(message):
            calls[call.id] = next(places), call.name
    return ordered + _sorted(results)


def _sorted(results: list[tuple[float, Message]]) -> list[Message]:
    return [message for _, message in sorted(results, key=lambda result: result[0])]


def call_id_of(message: Mapping[str, Any]) -> str:
    """The id of the call that a ``tool`` message answers.

    :raises ConfigurationError: it has none.
    """
    found = message.get("tool_call_id")
    if not isinstance(found, str) or not found:
        raise ConfigurationError(
            f"a message with role 'tool' needs the 'tool_call_id' that it answers: {message!r:.200}"
        )
    return found


def function_call_of(call: Mapping[str, Any]) -> tuple[str, Any]:
    """The name and the arguments, as they stand there, of a tool call in OpenAI's form.

    :raises ConfigurationError: it calls no function.
    """
    function = mapping_or_empty(call.get("function"))
    name = function.get("name")
    if not isinstance(name, str) or not name:
        raise ConfigurationError(
            "a tool call must be like {'id': …, 'type': 'function', 'function': {'name': …,"
            f" 'arguments': …}}}}, not {call!r:.200}"
        )
    return name, function.get("arguments")


def decoded_arguments(call: ToolCall) -> dict[str, Any]:
    """The arguments of a tool call as the object that some APIs want.

    A model may have written something else, or half of it.  That must not make its conversation
    one that can never go on, so it is told as a text in an object.
    """
    value: Any = None
    with contextlib.suppress(ValueError, RecursionError, TypeError):  # and told as it is below
        value = json.loads(call.arguments or "{}", parse_constant=_refuse_constant)
    if isinstance(value, Mapping):
        return dict(cast(Mapping[str, Any], value))
    return {"arguments": call.arguments}


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
