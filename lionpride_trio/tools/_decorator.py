"""``@tool``: a tool from a function."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast, overload

from .._checks import check_seconds
from .._errors import ConfigurationError
from ._signature import doc_of, is_method, name_of, read_signature
from ._tool import Tool, check_name

P = ParamSpec("P")
R = TypeVar("R")


@overload
def tool(
    function: Callable[P, R],
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float | None = None,
    abandon_on_cancel: bool = False,
) -> Tool[P, R]: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float | None = None,
    abandon_on_cancel: bool = False,
) -> Callable[[Callable[P, R]], Tool[P, R]]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    timeout: float | None = None,
    abandon_on_cancel: bool = False,
) -> Any:
    """Make a `Tool` of a function, with or without settings::

        @tool
        async def weather(city: Annotated[str, "a city's name"], unit: Literal["C", "F"] = "C") -> str:
            "The weather now."


        @tool(name="search", timeout=10)
        def look_up(words: list[str]) -> list[Page]:
            "Pages that have all the words."

    *function* is async or plain (it runs in a thread), may be a generator of pieces, a method, a partial or
    an object with ``__call__``.  The model learns the types of its parameters, their defaults, and what a
    string in ``Annotated[…]`` says of each; what `functools.partial` gives by name it does not see.

    :param name: how the model calls it; else the function's own name.
    :param description: what the model is told; else the docstring.
    :param timeout: the seconds that one call may take.
    :param abandon_on_cancel: a plain function's thread is left behind when its call is cancelled or takes
        too long, and runs on unseen; else its end is waited for.
    :raises ConfigurationError: a model could not call it: a parameter without a type, ``*args``, a
        type without a schema, a name that providers refuse; or msgspec is not installed.
    """

    def make(function: Callable[..., Any]) -> Tool[Any, Any]:
        if isinstance(function, Tool):
            raise ConfigurationError(f"{function!r} is a tool already")
        if not callable(function) or isinstance(function, type):
            raise ConfigurationError(f"tool() takes a function, not {function!r:.200}")
        inner = _inner_tool(function)
        if inner is not None:  # it is that tool, with some arguments given
            given_before: Any = function
            return tool(
                functools.partial(inner.__wrapped__, *given_before.args, **given_before.keywords),
                name=inner.name if name is None else name,
                description=inner.description if description is None else description,
                timeout=inner.timeout if timeout is None else timeout,
                abandon_on_cancel=abandon_on_cancel or inner._abandon,  # ruff: ignore[private-member-access] - its own
            )
        given = check_name(name_of(function) if name is None else name)
        method = is_method(function)
        signature = read_signature(function, given, is_method=method)
        return Tool[Any, Any](
            name=given,
            description=doc_of(function) if description is None else description,
            schema=signature.schema,
            timeout=None if timeout is None else check_seconds(f"tool {given!r}: timeout", timeout),
            function=function,
            read=signature.read,
            abandon=abandon_on_cancel,
            is_method=method,
        )

    return make if function is None else make(function)


def _inner_tool(function: Any) -> Tool[Any, Any] | None:
    """The tool that *function* is a partial of; None where it is of none."""
    inner: Any = getattr(function, "func", None)
    is_of_tool = isinstance(function, functools.partial) and isinstance(inner, Tool)
    return cast("Tool[Any, Any]", inner) if is_of_tool else None
