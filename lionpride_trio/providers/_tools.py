"""Tools, the choice among them and the form of the answer, in OpenAI's form: read once for all."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import attrs

from .._errors import ConfigurationError
from ._messages import mapping_or_empty

Mode = Literal["auto", "none", "required"]

_TOOL = "{'type': 'function', 'function': {'name': …, 'description': …, 'parameters': {…}}}"


def read_tools(tools: Any) -> list[Mapping[str, Any]]:
    """The tools that a request declares, each as it was given, or as its ``as_openai()`` tells of it.

    :raises ConfigurationError: they are no list of declarations.
    """
    if isinstance(tools, str | bytes | Mapping) or not isinstance(tools, Sequence):
        raise ConfigurationError(f"tools= takes a list of dicts like {_TOOL}, not {tools!r:.200}")
    declared = [_declaration(tool) for tool in cast("Sequence[object]", tools)]
    for tool in declared:
        if inspect.isroutine(tool):
            raise ConfigurationError(
                f"tools= takes tools, and {tool.__name__!r} is a function: write @tool above it (from"
                f" lionpride_trio.tools import tool), or declare it by a dict like {_TOOL}"
            )
        if not isinstance(tool, Mapping):
            raise ConfigurationError(
                f"a tool is declared by a dict like {_TOOL}, not {tool!r:.200}"
            )
        function_of(cast(Mapping[str, Any], tool))
    return cast("list[Mapping[str, Any]]", declared)


def _declaration(tool: object) -> object:
    """The declaration of an object that has one, such as a tool of ``lionpride_trio.tools``; others as they are."""
    declare = None if isinstance(tool, type) else getattr(tool, "as_openai", None)
    return tool if declare is None else declare()


def function_of(tool: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The function that a tool in one of OpenAI's two forms declares; None for another form.

    :raises ConfigurationError: it has no name.
    """
    if tool.get("type") != "function":
        return None
    flat = {name: value for name, value in tool.items() if name != "type"}
    function = mapping_or_empty(tool.get("function")) or flat
    if not isinstance(function.get("name"), str) or not function["name"]:
        raise ConfigurationError(f"a tool is declared by a dict like {_TOOL}, not {tool!r:.200}")
    return function


def with_properties(function: Mapping[str, Any]) -> Mapping[str, Any]:
    """*function* with ``properties`` in its parameters: OpenAI refuses an object that names none."""
    parameters = mapping_or_empty(function.get("parameters"))
    if parameters.get("type") != "object" or "properties" in parameters:
        return function
    return {**function, "parameters": {**parameters, "properties": {}}}


@attrs.frozen
class Choice:
    """Whether the model must call a tool, and which it may call: all where there are no names."""

    mode: Mode
    names: tuple[str, ...] = ()


def read_choice(choice: Any, own: str) -> Choice | None:
    """The choice that an option ``tool_choice`` in OpenAI's form makes; None for a dict of another.

    :raises ConfigurationError: it is neither; *own* is what the provider writes.
    """
    if isinstance(choice, str) and choice in {"auto", "none", "required"}:
        return Choice(cast(Mode, choice))
    if not isinstance(choice, Mapping):
        raise ConfigurationError(
            "tool_choice= takes 'auto', 'none', 'required', {'type': 'function', 'function':"
            f" {{'name': …}}}}, or {own}, not {choice!r:.200}"
        )
    given = cast(Mapping[str, Any], choice)
    if given.get("type") == "function":
        return Choice("required", (_name(given, choice),))
    if given.get("type") == "allowed_tools":
        allowed = mapping_or_empty(given.get("allowed_tools")) or given
        names = tuple(_name(tool, choice) for tool in allowed.get("tools") or ())
        return Choice("required" if allowed.get("mode") == "required" else "auto", names)
    return None


def _name(holder: Any, choice: Any) -> str:
    given = mapping_or_empty(holder)
    name = mapping_or_empty(given.get("function", given)).get("name")
    if not isinstance(name, str) or not name:
        raise ConfigurationError(f"tool_choice= names no function: {choice!r:.200}")
    return name


@attrs.frozen
class Form:
    """The form that the answer must have: any text, any JSON, or JSON by a schema."""

    kind: Literal["text", "json", "schema"]
    schema: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    about: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    """The fields beside a schema in OpenAI's form: its name, description, ``strict``."""


def read_form(response_format: Any) -> Form:
    """The form that an option ``response_format`` in OpenAI's form asks for.

    :raises ConfigurationError: it is in no such form.
    """
    given = mapping_or_empty(response_format)
    kind = given.get("type")
    if kind == "text":
        return Form("text")
    if kind == "json_object":
        return Form("json")
    named = mapping_or_empty(given.get("json_schema"))
    if kind == "json_schema" and isinstance(named.get("schema"), Mapping):
        about = {name: value for name, value in named.items() if name != "schema"}
        return Form("schema", named["schema"], about)
    raise ConfigurationError(
        "response_format= takes {'type': 'json_object'} or {'type': 'json_schema', 'json_schema':"
        f" {{'name': …, 'schema': {{…}}}}}}, not {response_format!r:.200}"
    )
