"""The end of a Responses answer: by its status, its details, and the calls that wait for the client.

Gateways name each terminal event ``response.completed`` and leave it to the response to say how it
ended.  A computer call or a request for approval waits for the client as a function call does.
"""

from __future__ import annotations

from typing import Any, Final

from ..._chunks import Verdict
from ..._errors import LionprideError
from .._ends import verdict_of
from .._faults import provider_error
from .._parsing import fields, tells_of_failure

TERMINALS: Final = frozenset([
    "response.cancelled",
    "response.completed",
    "response.done",
    "response.failed",
    "response.incomplete",
])
_SAY_LITTLE: Final = frozenset(["completed", "done"])
"""Names of terminal events after which the response's own status counts."""
_OF_CLIENT: Final = frozenset([
    "apply_patch_call",
    "computer_call",
    "local_shell_call",
    "mcp_approval_request",
    "shell_call",
])
"""Items that wait for what the client does, if the answer does not have it already."""


class Ending:
    """The facts of an answer that decide how it ended."""

    def __init__(self) -> None:
        self.refused = False
        self._seen: set[tuple[Any, Any]] = set()
        self._waiting: set[Any] = set()
        self._answered: set[Any] = set()

    def see(self, item: Any, place: int) -> bool:
        """Note an item, and whether it waits for the client or answers one that does.

        Says whether it is seen for the first time.
        """
        kind, name = item.get("type"), item.get("call_id") or item.get("id") or place
        new = (kind, name) not in self._seen
        self._seen.add((kind, name))
        if kind in _OF_CLIENT or item.get("execution") == "client":
            self._waiting.add(name)
        if kind == "mcp_approval_response":
            self._answered.add(item.get("approval_request_id"))
        elif str(kind).endswith("_output"):
            self._answered.add(item.get("call_id"))
        return new

    def judge(
        self, status: str, response: Any, calls: set[Any]
    ) -> tuple[Verdict, str, LionprideError | None]:
        """The verdict, the provider's word for it, and the failure that the answer reports, if any.

        *status* is what the event says, *calls* are the ids of the client's calls.
        """
        why = fields(response.get("incomplete_details")).get("reason")
        if status in _SAY_LITTLE:
            own = response.get("status")
            if own in {"incomplete", "failed", "cancelled"}:
                status = own
            else:
                status = "incomplete" if why else "completed"
        if status in {"failed", "cancelled"} or tells_of_failure(response):
            failure = provider_error(response.get("error") or f"the response was {status}")
            return Verdict.UNKNOWN, status, failure
        if status == "incomplete":
            verdict = verdict_of(str(why))
            cut = verdict in {Verdict.LENGTH, Verdict.BLOCKED}
            return verdict if cut else Verdict.UNKNOWN, status, None
        if status in {"queued", "in_progress"}:
            return Verdict.PAUSED, status, None
        if (calls | self._waiting) - self._answered:
            return Verdict.TOOL_USE, status, None
        verdict = Verdict.COMPLETE if status == "completed" else Verdict.UNKNOWN
        return Verdict.REFUSED if self.refused else verdict, status, None
