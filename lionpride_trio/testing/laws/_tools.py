"""The laws of tools: functions that a model may call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

import hypothesis
import trio

from ..._errors import ConfigurationError, ProviderError, ToolArgumentsInvalid, ToolError
from ..._typed_data import Misfit
from ...services import iModel
from ...tools import Tool, Toolbox
from ..strategies._schemas import json_of
from ._broken import LawBroken, for_all, shown

_NO_ARGUMENTS: Final = ("{", "[]", "3", "null")
_UNKNOWN_KEY: Final = "a key that no function has"


def check_tools(
    tools: Iterable[Tool[..., Any]],
    *,
    errors: tuple[type[Exception], ...] = (),
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that tools made by ``@tool`` keep the laws of tools::

        def test_my_tools():
            check_tools([weather, book_flight], errors=(NoSuchCity,))

    Each is **called**, with arguments drawn from its schema, about a hundred times: give it a place where that does
    no harm.  *errors* are what it may raise on purpose; anything else that it raises comes out as it is,
    with the arguments in its notes.

    The laws: the tool takes whatever its schema allows, but for what a validator of yours refuses;
    wrong arguments are refused before anything is called; every result can be told to a model; every
    provider takes the declaration, as far as the strict embedded server knows (it needs the extra ``cli``).

    Runs event loops of its own: call it from a plain test function.

    :raises LawBroken: says which law, and with which arguments.
    """
    box = Toolbox(tools)
    for tool in box:
        try:
            arguments = json_of(tool.schema)
        except ValueError as error:
            raise LawBroken("schema holds", f"the schema of {tool.name!r}: {error}") from error
        for_all(arguments, partial(_check_call, tool, errors), settings)
        for_all(arguments, partial(_check_refused, tool), settings)
    trio.run(_check_providers, box)


def _check_call(
    tool: Tool[..., Any], errors: tuple[type[Exception], ...], arguments: Mapping[str, Any]
) -> None:
    text = json.dumps(arguments)
    try:
        result = trio.run(tool.call, text)
    except errors:
        return
    except ToolArgumentsInvalid as error:
        if _only_validators(error):
            return
        raise LawBroken(
            "schema holds", f"the schema of {tool.name!r} allows {text}, and the call says: {error}"
        ) from error
    try:
        tool.output_of(result)
    except ToolError as error:
        raise LawBroken(
            "result is told", f"{error}; with {text} the result is {shown(result)}"
        ) from error


def _only_validators(error: ToolArgumentsInvalid) -> bool:
    """Whether all that is wrong was said by the tool's own classes: no schema can say it."""
    cause = error.__cause__
    return isinstance(cause, Misfit) and all(place.by_validator for place in cause.places)


def _check_refused(tool: Tool[..., Any], arguments: Mapping[str, Any]) -> None:
    wrong = [*_NO_ARGUMENTS, json.dumps({**arguments, _UNKNOWN_KEY: 1})]
    for name in tool.schema["required"]:
        less = {key: value for key, value in arguments.items() if key != name}
        wrong.append(json.dumps(less))
    for text in wrong:
        try:
            trio.run(tool.call, text)
        except ToolArgumentsInvalid:
            continue
        raise LawBroken(
            "wrong arguments", f"{tool.name!r} takes {text}, which its schema does not allow"
        )


async def _check_providers(box: Toolbox) -> None:
    from ... import local

    async with local.serve() as server:
        for provider in local.PROVIDERS:
            model = iModel(provider, "m-tools", base_url=server.url(provider), api_key="any")
            try:
                response = await model.complete("Which tool?", tools=box)
            except (ProviderError, ConfigurationError) as error:
                raise LawBroken("providers", f"{provider} refuses the tools: {error}") from error
            for call in response.tool_calls:
                box.find(call.name)
