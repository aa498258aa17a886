"""Names as their users know them."""

from __future__ import annotations

from typing import Any


def show_public_path(module: dict[str, Any]) -> None:
    """Let reprs and tracebacks show what *module* exports where it is imported from.

    *module* is its ``globals()``.  What has a public path already keeps it.
    """
    path: str = module["__name__"]
    for name in module["__all__"]:
        home = getattr(module[name], "__module__", "")
        if home.startswith(f"{path}._"):
            module[name].__module__ = path
