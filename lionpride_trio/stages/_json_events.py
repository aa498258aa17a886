"""Events of a JSON document that is being read."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import attrs

Path = tuple[str | int, ...]
Kind: TypeAlias = Literal["start", "append", "end", "value"]


@attrs.frozen
class JSONEvent:
    """Something that happened in a JSON document.

    - ``"start"``: an object, array or string begins; ``value`` is ``{}``, ``[]`` or ``""``.
    - ``"append"``: the string goes on; ``value`` is the new text.  Never empty.
    - ``"end"``: the object, array or string is whole; ``value`` is all of it.
    - ``"value"``: a number, true, false or null; ``value`` is it.
    """

    path: Path
    """The keys and indexes that lead to the value; empty for the document itself."""
    kind: Kind
    value: Any
