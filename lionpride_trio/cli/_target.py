"""The builder that ``FILE.py:NAME`` names."""

from __future__ import annotations

import inspect
import runpy
import sys
from types import ModuleType
from typing import Any, Final

from .._errors import ConfigurationError
from .._hints import closest
from ..operations import Builder
from ._paths import check_file

DEFAULT_NAME: Final = "builder"
MODULE: Final = "lionpride_trio_flow"


def split_target(target: str) -> tuple[str, str]:
    """The file and the name that *target* says."""
    path, _, name = target.rpartition(":") if ".py:" in target else (target, "", DEFAULT_NAME)
    return path, name


def load(target: str) -> Builder:
    """Run the file that *target* names, and give its builder: ``builder`` where no name is given.

    The name may be a function's that gives the builder.

    :raises ConfigurationError: there is none; says what there is.
    """
    path, name = split_target(target)
    check_file(path, "write FILE.py:NAME")
    variables = runpy.run_path(path, run_name=MODULE)
    # A journal, or a pickle, finds the file's classes again by the name of their module.
    module = sys.modules[MODULE] = ModuleType(MODULE)
    vars(module).update(variables)
    if name not in variables:
        raise ConfigurationError(f"{path} has no {name!r}: {_what_there_is(name, path, variables)}")
    found = variables[name]
    if callable(found):
        found = _call(found, f"{name!r} in {path}")
    if not isinstance(found, Builder):
        raise ConfigurationError(f"{name!r} in {path} is no Builder, but {found!r:.100}")
    return found


def _call(function: Any, what: str) -> Any:
    """Call *function*, which takes no arguments and is not async."""
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ConfigurationError(
            f"{what} is an async function: name a Builder, or a plain function that makes one"
        )
    try:
        inspect.signature(function).bind()
    except TypeError as error:
        raise ConfigurationError(f"{what} cannot be called without arguments: {error}") from None
    except ValueError:  # it was not written in Python, and shows no signature
        pass
    return function()


def _what_there_is(name: str, path: str, variables: dict[str, Any]) -> str:
    """Name what the user may have meant, by its name or by what it is."""
    builders = [one for one, value in variables.items() if isinstance(value, Builder)]
    functions = [
        one
        for one, value in variables.items()
        if inspect.isfunction(value) and value.__module__ == MODULE
    ]
    if close := closest(name, [*builders, *functions]):
        return f"did you mean {path}:{close}?"
    if builders:
        return f"its builders are {', '.join(builders)}"
    return "write FILE.py:NAME, with the name of a Builder or of a function that makes one"
