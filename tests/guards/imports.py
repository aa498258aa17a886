"""The modules of the package and their imports, wherever these stand in a module.

They are read with `ast`, which needs nothing installed and runs nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import attrs

PACKAGE = "lionpride_trio"
ROOT = Path(__file__).parents[2] / PACKAGE

# The façade: `lionpride_trio` itself. It stands above what it re-exports, and below the programs.
FACADE = "__init__"


@attrs.frozen
class Module:
    """One source file: `name` is dotted and begins with the package."""

    name: str
    is_package: bool
    tree: ast.Module

    @property
    def inner(self) -> str:
        """The name within the package; the package itself is the façade."""
        return self.name.partition(".")[2] or FACADE

    @property
    def room(self) -> str:
        return self.inner.partition(".")[0]


@attrs.frozen
class Import:
    """`module` imports `target` (absolute, dotted; inside the package, always a real module)."""

    module: Module
    target: str
    line: int
    for_types_alone: bool

    def __str__(self) -> str:
        return f"{self.module.name}:{self.line} imports {self.target}"


def read_modules(root: Path) -> dict[str, Module]:
    modules = {}
    for path in sorted(root.rglob("*.py")):
        parts = [root.name, *path.relative_to(root).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        modules[name] = Module(name, is_package, ast.parse(path.read_bytes(), str(path)))
    return modules


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def _import_nodes(
    node: ast.AST, *, for_types_alone: bool = False
) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    """Every import below `node`, and whether it is there for the type checkers alone."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node, for_types_alone
    elif isinstance(node, ast.If) and _is_type_checking(node.test):
        for child in node.body:
            yield from _import_nodes(child, for_types_alone=True)
        for child in node.orelse:
            yield from _import_nodes(child, for_types_alone=for_types_alone)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _import_nodes(child, for_types_alone=for_types_alone)


def read_imports(module: Module, modules: dict[str, Module]) -> Iterator[Import]:
    """The names that `module` imports, relative imports resolved and submodules told from names."""
    package = module.name if module.is_package else module.name.rpartition(".")[0]
    for node, for_types_alone in _import_nodes(module.tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        else:
            base = node.module or ""
            if node.level:
                above = package.split(".")
                above = above[: len(above) - (node.level - 1)]
                base = ".".join([*above, *filter(None, [base])])
            # `from a import b` is the module a.b where there is one, and a name of `a` elsewhere.
            targets = [
                f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules else base
                for alias in node.names
            ]
        for target in dict.fromkeys(targets):
            yield Import(module, target, node.lineno, for_types_alone)


def seed(tmp_path: Path, files: dict[str, str]) -> Path:
    root = tmp_path / PACKAGE
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
        for folder in (path.parent, *path.parent.parents):
            if root in {folder, *folder.parents} and not (folder / "__init__.py").exists():
                (folder / "__init__.py").touch()
    return root
