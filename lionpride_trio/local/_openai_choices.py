"""OpenAI's ways to choose among tools and to ask for JSON, which its two wires write differently."""

from __future__ import annotations

from ._ask import Choice, Tool, ask_tools
from ._json import Json, JsonObject, as_list, as_object, as_text


def read_tools(body: JsonObject) -> tuple[tuple[Tool, ...], Choice]:
    """Read the functions that may be called, and whether one must be.

    Chat completions wrap what they say of a function in an object of its own, Responses do not.
    """
    functions = [
        as_object(as_object(tool).get("function", tool))
        for tool in as_list(body.get("tools"))
        if as_object(tool).get("type") == "function"
    ]
    offered = [
        Tool(as_text(each.get("name")), as_object(each.get("parameters"))) for each in functions
    ]
    choice = read_choice(body.get("tool_choice"))
    return ask_tools(offered, choice), choice


def read_choice(choice: Json) -> Choice:
    """Read a ``tool_choice``: a word, one tool, or some that are allowed."""
    if not isinstance(choice, dict):
        return Choice(must_call=choice == "required", never=choice == "none")
    chosen = as_object(choice)
    match chosen.get("type"):
        case "allowed_tools":
            allowed = as_object(chosen.get("allowed_tools", choice))
            names = tuple(_name(tool) for tool in as_list(allowed.get("tools")))
            return Choice(must_call=allowed.get("mode") == "required", names=names)
        case "function" | "custom":
            return Choice(must_call=True, names=(_name(choice),))
        case _:  # a tool that OpenAI runs itself
            return Choice()


def _name(tool: Json) -> str:
    held = as_object(tool)
    return as_text(as_object(held.get(as_text(held.get("type")), tool)).get("name"))


def read_form(form: Json) -> JsonObject | None:
    """Read a ``response_format`` or ``text.format``; None where any text will do."""
    asked = as_object(form)
    match asked.get("type"):
        case "json_object":
            return {}
        case "json_schema":
            return as_object(as_object(asked.get("json_schema", form)).get("schema"))
        case _:
            return None
