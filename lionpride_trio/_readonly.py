"""A dict that nobody can change."""

from __future__ import annotations

from typing import Any


def _refuse(*_: Any, **__: Any) -> Any:
    raise TypeError("this mapping is read-only: dict(mapping) gives one that can be changed")


class ReadOnlyDict(dict[str, Any]):  # ruff: ignore[subclass-builtin] - json writes no other class
    """A dict that refuses to be changed, so that many objects can share it.

    Unlike a `types.MappingProxyType` it can be pickled, copied and written as JSON.
    """

    __slots__ = ()

    __setitem__: Any = _refuse
    __delitem__: Any = _refuse
    __ior__: Any = _refuse
    clear: Any = _refuse
    pop: Any = _refuse
    popitem: Any = _refuse
    setdefault: Any = _refuse
    update: Any = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        # The default fills a new one item by item, which it refuses.
        return type(self), (dict(self),)
