"""Names as their users know them."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Collection, Mapping
from types import FunctionType, ModuleType
from typing import Any


def show_public_path(module: Mapping[str, Any], *, but: Collection[str] = ()) -> None:
    """Let reprs, tracebacks and pickles show what *module* exports where it is imported from.

    *module* is its ``globals()``.  What has a public path already keeps it, and so do the names in
    *but*, which a façade above this one shows.

    The annotations of a class are read first, in the module that wrote them: `typing.get_type_hints`
    looks their words up where the class says that it is from.
    """
    for name in module["__all__"]:
        public = module.get(name)  # None for what is loaded when it is first asked for
        if name in but or not isinstance(public, type | FunctionType) or is_public(public):
            continue
        if isinstance(public, type):
            _read_annotations(public)
        public.__module__ = module["__name__"]


def _read_annotations(cls: type) -> None:
    cls.__annotations__ = inspect.get_annotations(cls, eval_str=True)
    if "__attrs_attrs__" in vars(cls):
        # Its __init__ knows what its module knew when the class was made: not the class, to begin with.
        init = cls.__init__  # type: ignore[misc]
        words = vars(sys.modules[cls.__module__])
        init.__annotations__ = inspect.get_annotations(init, globals=words, eval_str=True)


def is_public(thing: type | FunctionType) -> bool:
    """Whether the module that *thing* says it is from is one that users import from."""
    return not any(part.startswith("_") for part in thing.__module__.split("."))


def let_hints_know(module: ModuleType, **names: Any) -> None:
    """Give *module* the *names* that its annotations use and that only type checkers import there.

    The import would go in a circle.  A façade stands above both sides, and calls this.
    """
    vars(module).update(names)
