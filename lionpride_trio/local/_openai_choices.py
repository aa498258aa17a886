"""OpenAI's ways to choose among tools and to ask for JSON, which its two wires write differently."""

from __future__ import annotations

from ._ask import Choice
from ._json import Json, JsonObject, as_list, as_object, as_text


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
