"""A picture of a flow, in the language of Mermaid.  No trio here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from ._graph import Graph
from ._operation import Operation

if TYPE_CHECKING:
    from ._ledger import Progress

_COLOURS: Final = {
    "waiting": "fill:#eeeeee,stroke:#999999",
    "running": "fill:#fff2cc,stroke:#d6a500",
    "done": "fill:#d9ead3,stroke:#6aa84f",
    "failed": "fill:#f4cccc,stroke:#cc0000",
    "skipped": "fill:#eeeeee,stroke:#999999,stroke-dasharray:4",
}
# Characters that would end a label, or be taken for markup.
_ESCAPES: Final = str.maketrans({
    '"': "#quot;",
    "#": "#35;",
    "<": "#lt;",
    ">": "#gt;",
    "&": "#amp;",
    "`": "#96;",
    "\n": " ",
    "\r": " ",
})


def to_mermaid(graph: Graph, progress: Mapping[str, Progress] | None = None) -> str:
    """*graph* as a flowchart: ``-->`` waits for the whole, ``==>`` reads chunks as they come."""
    names = {operation: f"n{number}" for number, operation in enumerate(graph.walk())}
    lines = ["flowchart TD", *_nodes(graph, names, "    "), *_edges(names)]
    if progress is not None:
        states: dict[str, list[str]] = {}
        for operation, name in names.items():
            states.setdefault(progress[operation.id].state.value, []).append(name)
        for state, members in states.items():
            lines += [
                f"    classDef {state} {_COLOURS[state]}",
                f"    class {','.join(members)} {state}",
            ]
    return "\n".join(lines) + "\n"


def _nodes(graph: Graph, names: Mapping[Operation, str], indent: str) -> Iterator[str]:
    for operation in graph.operations:
        label = f'{names[operation]}["{operation.name.translate(_ESCAPES)}"]'
        if operation.inner is None:
            yield indent + label
        else:
            yield f"{indent}subgraph {label}"
            yield from _nodes(operation.inner, names, indent + "    ")
            yield f"{indent}end"


def _edges(names: Mapping[Operation, str]) -> Iterator[str]:
    for operation, name in names.items():
        for earlier in dict.fromkeys(operation.after):
            yield f"    {names[earlier]} --> {name}"
        if operation.producer is not None:
            yield f"    {names[operation.producer]} ==> {name}"
