"""``jsonl``: one line of JSON for each item, and one for the end."""

from __future__ import annotations

from typing import Any

from ..._chunks import Chunk
from ..._response import Response
from ._encoder import Describe, Machine
from ._ending import Ending
from ._events import MARK, end_form, item_json
from ._failures import Failure, describe_failure
from ._plain import dump


class JSONLinesEncoder(Machine):
    """Writes lines of JSON: the items as the protocol ``events`` has them, and one line for the end.

    The last line is ``{"lionpride_trio": 1, "end": {…}}`` or ``{"lionpride_trio": 1, "failure": {…}}``.
    A body without it was cut.
    """

    media_type = "application/x-ndjson"

    def __init__(self, *, raw: bool = False, describe: Describe = describe_failure) -> None:
        super().__init__(describe=describe)
        self._raw = raw
        self._ending = Ending()

    def _write(self, item: Any, id: int | str | None) -> bytes:
        if isinstance(item, Chunk):
            self._ending.see(item)
        return f"{item_json(item, raw=self._raw)}\n".encode()

    def _end(self, response: Response | None) -> bytes:
        return _marked("end", end_form(self._ending, response))

    def _failed(self, failure: Failure) -> bytes:
        return _marked("failure", failure.as_dict())


def _marked(name: str, form: dict[str, Any]) -> bytes:
    """A line that no item can have: the mark, and no class."""
    return f"{MARK}{dump({name: form})[1:]}\n".encode()
