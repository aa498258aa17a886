"""A client's request, in no provider's words.

Each wire reads its own request into an `Ask`, and raises `BadAsk` with a sentence for the client
where the provider itself would refuse.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

from ._json import Json, JsonObject, as_count, as_list, as_object, as_text


class BadAsk(Exception):
    """The request is not one; `str()` of this goes to the client.

    *param* and *code* are what some providers say beside it: the field, and a word for the fault.
    """

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message)
        self.param = param
        self.code = code
        self.status = status


@attrs.frozen
class Tool:
    """A function that the client offers."""

    name: str
    schema: JsonObject = attrs.field(factory=dict[str, Any])


@attrs.frozen
class Choice:
    """Which tools a model may call, in no provider's words."""

    must_call: bool = False
    never: bool = False
    names: tuple[str, ...] | None = None
    """None stands for all."""


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
    """Those that may be called."""
    choice: Choice = Choice()
    one_call: bool = False
    """No two calls in one answer."""
    form: JsonObject | None = None
    """The schema of the JSON that the answer must be; an empty one is that of any object."""
    bare: bool = False
    """A text that is the whole answer stands there without its quotes."""
    can_redact: bool = False
    """The provider has blocks for reasoning that it does not show."""
    interleaved: bool = False
    """The model reasons before each call, not before the first alone."""
    media: int = 0
    """Images, sounds and files."""
    limit: int | None = None
    stop: tuple[str, ...] = ()
    seed: str = ""


def ask_tools(offered: list[Tool], choice: Choice) -> tuple[Tool, ...]:
    """Narrow the tools to those that may be called.

    :raises BadAsk: a call is demanded and no tool, or no tool of that name, is offered.
    """
    names = choice.names
    if names is not None:
        offered = [tool for tool in offered if tool.name in names]
    if choice.must_call and not offered:
        what = "no tool is" if names is None else f"no tool named {', '.join(names)} is"
        raise BadAsk(f"a tool call is demanded, and {what} given")
    return tuple(offered)


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


_MEDIA: Final = frozenset([
    "image",
    "image_url",
    "input_image",
    "input_audio",
    "document",
    "file",
    "input_file",
])
_GOOGLES: Final = ("inlineData", "inline_data", "fileData", "file_data")


def count_media(value: Json) -> int:
    """Count the images, sounds and files that stand somewhere in a message."""
    if isinstance(value, list):
        return sum(count_media(item) for item in as_list(value))
    if not isinstance(value, dict):
        return 0
    held = as_object(value)
    own = held.get("type") in _MEDIA or any(isinstance(held.get(name), dict) for name in _GOOGLES)
    images = held.get("images")
    return (
        own
        + len(as_list(images))
        + sum(count_media(each) for name, each in held.items() if name != "images")
    )


def joined(texts: Iterable[str]) -> str:
    """Join the texts of a request, those that say something."""
    return "\n".join(filter(None, texts))


def plain_text(content: Json) -> str:
    """Join the text of a message: a string, or a list of parts that may have some."""
    if isinstance(content, str):
        return content
    return "".join(as_text(as_object(part).get("text")) for part in as_list(content))
