"""``communicate``: one turn of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._channels._entrance import check_on_trio
from .._errors import ConfigurationError
from ..session import Branch, Session
from ..session._turns import OnCut, check_on_cut, message_of

PARAMETERS: Final = frozenset({
    "attachments",
    "context",
    "imodel",
    "instruction",
    "on_cut",
    "options",
    "output",
    "tools",
})


async def communicate(
    *,
    session: Session,
    branch: str | Branch,
    parameters: Mapping[str, Any],
    on_cut: OnCut = "raise",
) -> Any:
    """Ask a model in the context of *branch* and commit both turns together, or none.

    *parameters*: ``instruction`` (a `str`) and ``imodel`` (a registered name, or a model), and
    where wanted ``context`` (a list of `str`, put before the instruction), ``attachments``, ``tools``,
    ``options`` of the call, ``output`` (a type) and ``on_cut``, as the argument: what `Session.ask` takes.
    Blocks until the answer has ended and returns its text, or with ``output`` the object of that type.
    When it fails or is cancelled, the branch is as it was.

    *on_cut* says what happens to an answer that is not whole, because it ended as LENGTH, BLOCKED,
    REFUSED or PAUSED: ``"raise"`` commits nothing and raises `AnswerCut`; ``"keep"`` commits it
    with its verdict; ``"discard"`` returns its text and commits nothing.  An answer that ended for a
    reason that this library does not know is whole.

    Tool calls (TOOL_USE) are committed after the text, which may be empty: the branch then waits
    for their results, one message with `ActionResponseContent` each, before it is asked again.

    :raises ConfigurationError: a parameter is wrong; before anything is sent.
    :raises AnswerCut: the answer is not whole; ``partial`` is the `Response`.
    :raises LionprideError: the call failed; ``partial`` has the answer so far.
    """
    check_on_trio()
    unknown = parameters.keys() - PARAMETERS
    if unknown or not {"instruction", "imodel"} <= parameters.keys():
        raise ConfigurationError(
            f"communicate takes {', '.join(sorted(PARAMETERS))} ('instruction' and 'imodel' always),"
            f" not {sorted(parameters)}"
        )
    on_cut = parameters.get("on_cut", on_cut)
    check_on_cut(on_cut)
    question = message_of(
        parameters["instruction"],
        parameters.get("context") or (),
        parameters.get("attachments") or (),
    )
    asking = session._asking(  # ruff: ignore[private-member-access] - of one house
        session.conversations.branch(branch).name,
        question,
        parameters["imodel"],
        tools=parameters.get("tools") or (),
        on_cut=on_cut,
        options={**(parameters.get("options") or {}), "output": parameters.get("output")},
    )
    async with asking.open(waits=True) as reply:
        async for _ in reply.batches():
            pass
        response = reply.response
    return response.text if parameters.get("output") is None else response.output
