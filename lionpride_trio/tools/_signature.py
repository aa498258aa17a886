"""A function's signature as a model is told it: the names, types and defaults of its arguments."""

from __future__ import annotations

import functools
import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NotRequired, Required, TypedDict

import attrs

from .._errors import ConfigurationError
from .._typed_data import reader_of, schema_of, with_default

_P: Final = inspect.Parameter
_REFUSED: Final = {
    _P.VAR_POSITIONAL: "*{}, and a model names each argument",
    _P.VAR_KEYWORD: "**{}, and a model has to know each argument's name: take a dict",
    _P.POSITIONAL_ONLY: "{} by its place alone, and a model names each argument: take the / away",
}


_CACHED: Final[type[Any]] = type(functools.cache(lambda: None))
"""What `functools.cache` and `functools.lru_cache` make of a function: it is bound as a function is."""


@attrs.frozen
class Signature:
    """The arguments of a function: their schema, and how they are read from a model's JSON."""

    schema: dict[str, Any]
    read: Callable[[Any], Mapping[str, Any]]


def read_signature(function: Callable[..., Any], name: str, *, is_method: bool) -> Signature:
    """The signature of *function*; a method's own object is not an argument.

    :raises ConfigurationError: there are arguments that a model could not give.
    """
    parameters = list(_parameters(function, name))[is_method:]
    for parameter in parameters:
        if parameter.kind in _REFUSED:
            what = _REFUSED[parameter.kind].format(parameter.name)
            raise ConfigurationError(f"tool {name!r} takes {what}")
        if parameter.annotation is _P.empty:
            raise ConfigurationError(
                f"tool {name!r}: say the type of {parameter.name!r}, as in {parameter.name}: str"
            )
    hints = _read_hints(function, name, parameters)
    # Defaults are left to the function itself, so the keys of those may be missing.
    keys = {
        one.name: Required[hints[one.name]]
        if one.default is _P.empty
        else NotRequired[hints[one.name]]
        for one in parameters
    }
    typed_dict: Any = TypedDict
    arguments = typed_dict("Arguments", keys)
    try:
        schema = schema_of(arguments)
        read = reader_of(arguments)
    except ConfigurationError as error:
        raise ConfigurationError(f"tool {name!r}: {error.message}") from error
    del schema["title"]
    for one in parameters:
        if one.default is not _P.empty:
            properties = schema["properties"]
            properties[one.name] = with_default(properties[one.name], one.default)
    return Signature(schema, read)


def _parameters(function: Callable[..., Any], name: str) -> Iterator[inspect.Parameter]:
    given: set[str] = set()
    inner: Any = function
    while isinstance(inner, functools.partial):
        given |= inner.keywords.keys()
        inner = inner.func
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"tool {name!r}: {function!r} has no signature") from error
    except NameError as error:  # Python 3.14 finds out here
        raise _not_found(name, error) from error
    # Arguments that a partial gives by name may still be overruled, but were given so that they need not be.
    return (one for one in signature.parameters.values() if one.name not in given)


def _read_hints(
    function: Callable[..., Any], name: str, parameters: list[inspect.Parameter]
) -> dict[str, Any]:
    holder = types.SimpleNamespace(
        __annotations__={one.name: one.annotation for one in parameters}  # without what is returned
    )
    names: dict[str, Any] = getattr(code_of(function), "__globals__", {})
    try:
        return typing.get_type_hints(holder, names, include_extras=True)
    except NameError as error:
        raise _not_found(name, error) from error


def _not_found(name: str, error: NameError) -> ConfigurationError:
    return ConfigurationError(
        f"the annotations of tool {name!r} name {error.name!r}, which its module does not have:"
        " define it there, not inside a function or under TYPE_CHECKING"
    )


def code_of(function: Any) -> Any:
    """The function that runs when *function* is called: within partials, methods and callables."""
    while isinstance(function, functools.partial):
        function = function.func
    if not (inspect.isroutine(function) or isinstance(function, type)):
        function = type(function).__call__
    return inspect.unwrap(getattr(function, "__func__", function))


def is_method(function: Any) -> bool:
    """Whether *function* stands in the body of a class and gets its object as ``self``."""
    if not (inspect.isfunction(function) or isinstance(function, _CACHED)):
        return False
    owner = function.__qualname__.rpartition(".")[0]
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return (
        bool(owner)
        and not owner.endswith("<locals>")
        and first is not None
        and first.name in {"self", "cls"}
        and first.annotation is _P.empty
    )


def name_of(function: Any) -> str:
    """The name of a function, of what a partial calls, or of the class of a callable object."""
    while isinstance(function, functools.partial):
        function = function.func
    name: str = getattr(function, "__name__", type(function).__name__)
    return name


def doc_of(function: Any) -> str:
    """The docstring of a function, of what a partial calls, or of a callable object."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.getdoc(code_of(function)) or inspect.getdoc(function) or ""
