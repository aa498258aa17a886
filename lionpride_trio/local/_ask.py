"""What a client asks for, in no provider's words.

Each wire reads its own request into an `Ask`, and raises `BadAsk` with a sentence for the client
where the provider itself would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from ._json import Json, JsonObject, as_count, as_list, as_object, as_text


class BadAsk(Exception):
    """The request is not one; `str()` of this goes to the client with status 400."""


@attrs.frozen
class Tool:
    """A function that the client offers."""

    name: str
    schema: JsonObject = attrs.field(factory=dict[str, Any])


@attrs.frozen(kw_only=True)
class Ask:
    """One request, read."""

    model: str
    prompt: str
    """The last thing that the user said."""
    context: str
    """All text that the request holds; its pieces are counted as the prompt's."""
    stream: bool = False
    after_tool: bool = False
    """The last message brings a tool's result, so that it is the model's turn to speak."""
    reasoning: bool = False
    """The client switched reasoning on by its provider's own switch."""
    think_tags: bool = False
    """The client wants reasoning inside the answer."""
    tools: tuple[Tool, ...] = ()
    must_call: bool = False
    """A tool call is demanded; `tools` is narrowed to those that may be called."""
    limit: int | None = None
    stop: tuple[str, ...] = ()
    seed: str = ""


def ask_tools(
    offered: list[Tool], *, must_call: bool, named: str | None, never: bool = False
) -> tuple[tuple[Tool, ...], bool]:
    """Narrow the tools to the one that is named, or to none.

    :raises BadAsk: a call is demanded and no tool, or no tool of that name, is offered.
    """
    if never:
        return (), False
    if named is not None:
        offered = [tool for tool in offered if tool.name == named]
        must_call = True
    if must_call and not offered:
        what = "no tool is" if named is None else f"no tool named {named!r} is"
        raise BadAsk(f"a tool call is demanded, and {what} given")
    return tuple(offered), must_call


def ask_model(body: JsonObject) -> str:
    """Read the name of the model, which every body but Gemini's holds."""
    model = as_text(body.get("model"))
    if not model:
        raise BadAsk("you must provide a model parameter")
    return model


def ask_list(body: JsonObject, name: str) -> list[JsonObject]:
    """Read a list of objects that must be there and hold something."""
    value = body.get(name)
    if not isinstance(value, list) or not value:
        raise BadAsk(f"{name}: an array of at least one item is required")
    items = [as_object(item) for item in as_list(body[name])]
    if not all(items):
        raise BadAsk(f"{name}: each item must be an object")
    return items


def ask_limit(body: JsonObject, *names: str) -> int | None:
    """Read a limit of tokens under the first of several names that is there."""
    for name in names:
        if body.get(name) is not None:
            limit = as_count(body[name])
            if not limit:
                raise BadAsk(f"{name}: a whole number of at least 1 is required")
            return limit
    return None


def ask_switch(body: JsonObject, name: str, *, otherwise: bool = False) -> bool:
    """Read a boolean."""
    value = body.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, bool):
        raise BadAsk(f"{name}: true or false is required")
    return value


def ask_stop(value: Json) -> tuple[str, ...]:
    """Read stop strings, given one by itself or many in a list."""
    strings = [value] if isinstance(value, str) else as_list(value)
    return tuple(text for item in strings if (text := as_text(item)))


def ask_seed(value: object) -> str:
    """Read a seed, of whatever type, into a string; none is an empty one."""
    return "" if value is None else str(value)


def joined(texts: Iterable[str]) -> str:
    """Join the texts of a request, those that say something."""
    return "\n".join(filter(None, texts))


def plain_text(content: Json) -> str:
    """Join the text of a message: a string, or a list of parts that may have some."""
    if isinstance(content, str):
        return content
    return "".join(as_text(as_object(part).get("text")) for part in as_list(content))
