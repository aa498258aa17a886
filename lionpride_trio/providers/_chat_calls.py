"""Which tool call a delta of chat completions belongs to, where servers number calls carelessly.

An id tells calls apart first, an index second, order last; the opening of a new call (a name, after
arguments have come) counts more than all three.  So these all give the calls that were meant: one
index for all calls (Ollama), no index (Mistral), an id that changes while a call goes on, ids whose
pieces alternate, a name that comes in pieces or again with each piece.
"""

from __future__ import annotations

import io
from typing import Any, Final

from .._errors import LionprideError
from ..wire._json import loads


class OpenCall:
    """One call, as far as it has come."""

    def __init__(self, slot: int, index: Any) -> None:
        self.slot: Final = slot
        self.index: Final = index
        self.id: str | None = None
        self.name = ""
        self._arguments = io.StringIO()

    @property
    def has_arguments(self) -> bool:
        """Whether a piece of the arguments has come."""
        return self._arguments.tell() > 0

    def continues_with(self, name: str | None) -> bool:
        """Whether a piece that bears *name* may be one of this call.

        Before the arguments it is a piece of the name.  After, only some servers repeat the name;
        then the arguments tell whether they were all.
        """
        if not name or not self.has_arguments:
            return True
        return name == self.name and not _is_object(self._arguments.getvalue())

    def add(self, call_id: str | None, name: str | None, arguments: str) -> str | None:
        """Take a piece in; the name as far as it is known, where the piece tells of it."""
        self.id = self.id or call_id
        if arguments:
            self._arguments.write(arguments)
        if not name:
            return None
        # Some servers repeat the name, and some what of it has come; others send its next piece.
        self.name = name if name.startswith(self.name) else self.name + name
        return self.name


class OpenCalls:
    """The calls of one alternative."""

    def __init__(self) -> None:
        self._by_id: dict[str, OpenCall] = {}
        self._by_index: dict[Any, OpenCall] = {}
        self._last: OpenCall | None = None
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def find(self, index: Any, call_id: str | None, name: str | None, taken: set[int]) -> OpenCall:
        """The call that a piece belongs to, a new one where it opens one.

        *taken* are the slots that other pieces of the same list have gone to: what has neither id
        nor index of its own is a call beside them.
        """
        call = self._known(index, call_id, name)
        if call is not None and name and call.slot in taken and (not call_id or call_id != call.id):
            call = None
        if call is None:
            call = OpenCall(self._count, index)
            self._count += 1
            if index is not None:
                self._by_index[index] = call
        if call_id:
            self._by_id[call_id] = call
        taken.add(call.slot)
        self._last = call
        return call

    def _known(self, index: Any, call_id: str | None, name: str | None) -> OpenCall | None:
        call = self._by_id.get(call_id) if call_id else None
        if call is not None:
            moved = index is not None and call.index is not None and index != call.index
            return call if not (moved and name) and call.continues_with(name) else None
        call = self._last if index is None else self._by_index.get(index)
        if call is None or not call.continues_with(name):
            return None
        if call_id and call.id and name and not call.has_arguments:
            return (
                None  # another id and a name of its own: a call, though nothing was given to this
            )
        if call_id and index is None and name:
            return None
        return call


def _is_object(text: str) -> bool:
    if not text.rstrip().endswith("}"):
        return False
    try:
        loads(text)
    except LionprideError:
        return False
    return True
