"""Which tool call a delta of chat completions belongs to, where servers number calls carelessly.

An id tells calls apart first, an index second, order last; the opening of a new call (a name, after
arguments have come) counts more than all three.  So these all give the calls that were meant: one
index for all calls (Ollama), no index (Mistral), an id that changes while a call goes on, ids whose
pieces alternate, a name that comes in pieces or again with each piece.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import attrs

from ..._chunks import ToolCallChunk
from ..._parts import Native
from ..._readonly import ReadOnlyDict
from .._arguments import Arguments
from .._parsing import arguments_text

Make: TypeAlias = Callable[..., ToolCallChunk]
"""Makes the chunk of ``slot``, ``id``, ``name`` (as far as it is known) and ``arguments`` (a piece)."""


NATIVE: Final = Native("chat")
_TOLD: Final = frozenset(["custom", "function", "id", "index", "name", "arguments", "type"])


def _native(told: Any, *, custom: bool) -> Native:
    """The facts that go back with a call: that it is a custom tool's, and the service's own additions.

    Gemini's signature is such a thing, where it is asked through OpenAI's API (``extra_content``).
    """
    facts = {name: value for name, value in told.items() if name not in _TOLD and value is not None}
    if custom:
        facts["type"] = "custom"
    return Native(NATIVE.provider, ReadOnlyDict(facts)) if facts else NATIVE


class OpenCall:
    """One call, as far as it has come."""

    def __init__(self, slot: int, index: Any) -> None:
        self.slot: Final = slot
        self.index = index
        self.id: str | None = None
        self.name = ""
        self.arguments = Arguments()
        self.ended = False
        """Its last piece was told as such."""

    def continues_with(self, name: str | None) -> bool:
        """Whether a piece that bears *name* may be one of this call.

        Before the arguments it is a piece of the name, and a call without a name has yet to be told
        its own.  After, only some servers repeat the name; then the arguments tell whether they were
        all.
        """
        if not name or not self.name or not self.arguments.begun:
            return True
        return name == self.name and not self.arguments.whole

    def add(self, call_id: str | None, name: str | None) -> str | None:
        """Take a piece's id and name in; the name as far as it is known, where the piece tells of it."""
        self.id = self.id or call_id
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
        self._all: list[OpenCall] = []
        self._last: OpenCall | None = None

    def __len__(self) -> int:
        return len(self._all)

    def read(self, calls: Any, make: Make) -> list[ToolCallChunk]:
        """The chunks of the pieces of calls that a delta has: a list of them, or one."""
        taken: set[int] = set()
        chunks: list[ToolCallChunk] = []
        for told in _several(calls):
            function, call_id, name, arguments = _parts_of(told)
            index = told.get("index")
            if not call_id and not name and index in self._by_index:  # nearly all pieces
                call = self._last = self._by_index[index]
                taken.add(call.slot)
                chunks.append(make(slot=call.slot, arguments=call.arguments.add(arguments)))
                continue
            call = self._find(index, call_id, name, arguments, taken)
            call.arguments.free = function is told.get("custom")
            chunks.append(_chunk(make, call, call_id, name, call.arguments.add(arguments)))
            if name:
                chunks[-1] = attrs.evolve(
                    chunks[-1], native=_native(told, custom=call.arguments.free)
                )
        return chunks

    def end(self, make: Make, *, all_of_them: bool) -> list[ToolCallChunk]:
        """The ends of calls: of all, or of those that another has followed and that are whole.

        Servers may send the pieces of two calls in turn, so that another has opened is not enough.
        """
        ended = [
            call
            for call in self._all
            if not call.ended and (all_of_them or (call is not self._last and call.arguments.whole))
        ]
        for call in ended:
            call.ended = True
        return [make(slot=call.slot, last=True) for call in ended]

    def read_again(self, calls: Any, make: Make) -> list[ToolCallChunk]:
        """The chunks of what the calls of a whole message tell that no delta has told."""
        chunks: list[ToolCallChunk] = []
        for place, told in enumerate(_several(calls)):
            function, call_id, name, arguments = _parts_of(told)
            call = self._find_again(place, call_id)
            call.arguments.free = function is told.get("custom")
            call_id = None if call_id == call.id else call_id
            name = None if name == call.name else name
            arguments = call.arguments.add_whole(arguments)
            if call_id or name or arguments:
                chunks.append(_chunk(make, call, call_id, name, arguments))
        return chunks

    def _find(
        self, index: Any, call_id: str | None, name: str | None, arguments: str, taken: set[int]
    ) -> OpenCall:
        """The call that a piece belongs to, a new one where it opens one.

        *taken* are the slots that other pieces of the same list have gone to: what has neither id
        nor index of its own is a call beside them.
        """
        call = self._known(index, call_id, name, arguments)
        if call is not None and name and call.slot in taken and (not call_id or call_id != call.id):
            call = None
        if call is None:
            call = self._new(index)
        elif index is not None and call.index is None:
            call.index = index  # its opening had none
            self._by_index.setdefault(index, call)
        if call_id:
            self._by_id[call_id] = call
        taken.add(call.slot)
        self._last = call
        return call

    def _find_again(self, place: int, call_id: str | None) -> OpenCall:
        """The call that a whole message tells at *place* among its calls, a new one if it is.

        Its id tells, and where it has none, or the call has none yet, its place does.
        """
        call = self._by_id.get(call_id) if call_id else None
        if call is None and place < len(self._all):
            call = self._all[place]
            if call_id and call.id:
                call = None
        if call is None:
            call = self._new(None)
        if call_id:
            self._by_id[call_id] = call
        return call

    def _new(self, index: Any) -> OpenCall:
        call = OpenCall(len(self._all), index)
        self._all.append(call)
        if index is not None:
            self._by_index[index] = call
        return call

    def _known(
        self, index: Any, call_id: str | None, name: str | None, arguments: str
    ) -> OpenCall | None:
        call = self._by_id.get(call_id) if call_id else None
        if call is not None:
            moved = index is not None and call.index is not None and index != call.index
            if moved and name:
                return None
            told_again = name == call.name and call.arguments.equal(arguments)
            return call if told_again or call.continues_with(name) else None
        call = self._last if index is None else self._by_index.get(index)
        if call is None and not name and not call_id and self._last and self._last.index is None:
            call = self._last  # whose opening had no index
        if call is None or not call.continues_with(name):
            return None
        if call_id and call.id and name and not call.arguments.begun:
            # Another id and a name of its own: a call, though nothing was given to this.
            return None
        if call_id and index is None and name:
            return None
        return call


def _several(calls: Any) -> list[Any]:
    """The calls that are there: some servers write one without a list, and some write null among them."""
    several: Any = [calls] if calls.__class__ is dict else calls or ()
    return [told for told in several if told]


def _parts_of(told: Any) -> tuple[Any, str | None, str | None, str]:
    """The object that has a call's name and arguments, its id, and these two."""
    function = told.get("function") or told.get("custom") or told
    arguments = function.get("arguments")
    if arguments.__class__ is not str:
        arguments = arguments_text(function.get("input") if arguments is None else arguments)
    return function, told.get("id") or None, function.get("name") or None, arguments


def _chunk(
    make: Make, call: OpenCall, call_id: str | None, name: str | None, arguments: str
) -> ToolCallChunk:
    known = call.add(call_id, name)
    return make(slot=call.slot, id=call_id and call.id, name=known, arguments=arguments)
