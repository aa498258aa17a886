"""Nothing is imported in circles.

Imports for types alone are left out of the search: a channel may be piped into a source, and
a source opens a channel.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guards.imports import ROOT, read_imports, read_modules, seed


def _ancestors(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def import_cycles(root: Path) -> list[list[str]]:
    """Circles among the imports that run at some time, each as a path back to its start.

    Importing `a.b.c` runs `a` and `a.b` first, so those are edges too, unless they are being
    imported already because the importer lies within them.
    """
    modules = read_modules(root)
    edges: dict[str, list[str]] = {}
    for module in modules.values():
        already = {module.name, *_ancestors(module.name)}
        targets: dict[str, None] = {}
        for imported in read_imports(module, modules):
            if not imported.for_types_alone and imported.target in modules:
                packages = [name for name in _ancestors(imported.target) if name not in already]
                targets |= dict.fromkeys([*packages, imported.target])
        targets.pop(module.name, None)  # `from . import name` where `name` is the package's own
        edges[module.name] = list(targets)

    cycles = []
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> None:
        if name in path:
            cycles.append([*path[path.index(name) :], name])
        elif name not in done:
            for target in edges[name]:
                visit(target, [*path, name])
            done.add(name)

    for name in edges:
        visit(name, [])
    return cycles


def test_nothing_is_imported_in_circles():
    assert import_cycles(ROOT) == []


CIRCLES = {
    "in a function": {
        "wire/_a.py": "from ._b import x",
        "wire/_b.py": "def f():\n    from ._a import y",
    },
    "two modules": {"wire/_a.py": "from ._b import x", "wire/_b.py": "from ._a import y"},
    "by name and by path": {
        "wire/_a.py": "import lionpride_trio.wire._b",
        "wire/_b.py": "from . import _a",
    },
    "three modules": {
        "_errors.py": "from ._safe_text import x",
        "_safe_text.py": "from ._chunks import x",
        "_chunks.py": "from ._errors import x",
    },
    "through a room's front door": {
        "wire/__init__.py": "from ._a import x",
        "wire/_a.py": "from .._safe_text import x",
        "_safe_text.py": "import lionpride_trio.wire._b",
        "wire/_b.py": "",
    },
    "a class body runs too": {
        "wire/_a.py": "class A:\n    from ._b import x",
        "wire/_b.py": "if True:\n    from ._a import A",
    },
}


NO_CIRCLES = {
    "types alone": {
        "wire/_a.py": "from ._b import x",
        "wire/_b.py": "import typing\nif typing.TYPE_CHECKING:\n    from ._a import y",
    },
    "a room's own front door": {
        "wire/__init__.py": "from ._a import x",
        "wire/_a.py": "from . import _b",
        "wire/_b.py": "",
    },
}


@pytest.mark.parametrize("files", CIRCLES.values(), ids=CIRCLES.keys())
def test_a_seeded_circle_is_found(tmp_path, files):
    (cycle,) = import_cycles(seed(tmp_path, files))
    assert cycle[0] == cycle[-1]
    assert len(cycle) > 2


@pytest.mark.parametrize("files", NO_CIRCLES.values(), ids=NO_CIRCLES.keys())
def test_what_is_no_circle_passes(tmp_path, files):
    assert import_cycles(seed(tmp_path, files)) == []
