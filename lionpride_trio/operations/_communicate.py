"""``communicate``: one turn of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._errors import ConfigurationError
from ..session import Branch, Session
from ._turn import Turn, call, commit

PARAMETERS: Final = frozenset({"instruction", "imodel", "context", "options"})


async def communicate(
    *, session: Session, branch: str | Branch, parameters: Mapping[str, Any]
) -> str:
    """Ask a model in the context of *branch* and commit both turns together, or none.

    *parameters*: ``instruction`` (a `str`) and ``imodel`` (a registered name, or a model), and
    where wanted ``context`` (a list of `str`, told before the instruction) and ``options`` of the
    call.  Blocks until the answer is whole and gives its text.  When it fails or is cancelled, the
    branch is as it was.

    :raises ConfigurationError: a parameter is wrong; before anything is sent.
    :raises LionprideError: the call failed; ``partial`` has what came.
    """
    unknown = parameters.keys() - PARAMETERS
    if unknown or not {"instruction", "imodel"} <= parameters.keys():
        raise ConfigurationError(
            f"communicate takes {', '.join(sorted(PARAMETERS))} ('instruction' and 'imodel' always),"
            f" not {sorted(parameters)}"
        )
    line = session.conversations.branch(branch)
    model = session.services.get(parameters["imodel"])
    turn = Turn.ask(session, line, parameters["instruction"], parameters.get("context", ()))
    response = await call(model, turn.messages(), parameters.get("options", {}))
    commit(session, line.name, turn.told(response))
    return response.text
