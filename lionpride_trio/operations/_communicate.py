"""``communicate``: one turn of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .._errors import ConfigurationError
from ..session import (
    ActionRequestContent,
    AssistantResponseContent,
    Branch,
    InstructionContent,
    Message,
    Session,
)
from ..session.messages.utils import prepare_messages_for_chat

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
    asked = Message(
        content=InstructionContent(
            instruction=parameters["instruction"], context=parameters.get("context", ())
        )
    )
    messages = prepare_messages_for_chat([*session.history(line), asked])
    options = parameters.get("options", {})
    if model.streaming:
        async with model.stream(messages, **options) as reply:
            async for _ in reply:
                pass
            response = reply.response
    else:
        response = await model.complete(messages, **options)
    answer = [Message(content=AssistantResponseContent(assistant_response=response.text))]
    if response.tool_calls:
        said = answer if response.text else []
        answer = said + [
            Message(
                content=ActionRequestContent(
                    function=call.name, arguments=call.parsed(), call_id=call.id
                )
            )
            for call in response.tool_calls
        ]
    session.conversations.add_items([asked, *answer], [line])
    return response.text
