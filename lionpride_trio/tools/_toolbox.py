"""The tools that a model is given, found by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from .._errors import ConfigurationError, UnknownTool
from .._hints import closest
from ._tool import Tool


def _check(tool: object) -> None:
    if not isinstance(tool, Tool):
        instead = ": write @tool above it" if callable(tool) else ""
        raise ConfigurationError(f"{tool!r:.200} is no tool{instead}")


class Toolbox(Sequence[Tool[..., Any]]):
    """Tools, each of another name: a sequence that ``tools=`` takes, and that finds by name.

    :raises ConfigurationError: two have one name, or one is no `Tool`.
    """

    def __init__(self, tools: Iterable[Tool[..., Any]]) -> None:
        if isinstance(tools, Tool) or not isinstance(tools, Iterable):
            raise ConfigurationError(f"tools= takes a list of tools, not {tools!r:.200}")
        self._by_name: dict[str, Tool[..., Any]] = {}
        for tool in tools:
            _check(tool)
            if tool.name in self._by_name:
                raise ConfigurationError(
                    f"two tools are called {tool.name!r}: give one of them another name,"
                    " @tool(name=…) or from_mcp(session, prefix=…)"
                )
            self._by_name[tool.name] = tool
        self._tools = tuple(self._by_name.values())

    def find(self, name: str) -> Tool[..., Any]:
        """The tool called *name*.

        :raises UnknownTool: there is none; the text names the nearest one, or all.
        """
        if name in self._by_name:
            return self._by_name[name]
        near = closest(name, self._by_name)
        if near is not None:
            hint = f"did you mean {near!r}?"
        else:
            hint = f"there are {', '.join(map(repr, self._by_name)) or 'none'}"
        raise UnknownTool(f"unknown tool {name!r:.100}: {hint}", tool=name)

    @overload
    def __getitem__(self, index: int) -> Tool[..., Any]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Tool[..., Any], ...]: ...
    def __getitem__(self, index: int | slice) -> Any:
        return self._tools[index]

    def __len__(self) -> int:
        return len(self._tools)

    def __iter__(self) -> Iterator[Tool[..., Any]]:
        return iter(self._tools)

    def __repr__(self) -> str:
        return f"Toolbox({list(self._tools)})"
