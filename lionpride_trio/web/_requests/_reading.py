"""`read_messages`: a page's request as messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ..._checks import check_size
from ..._errors import ConfigurationError
from ..._hints import closest
from ...session import ActionResponseContent, InstructionContent, Message
from .._bad_request import BadPageRequest
from .._body import PageRequest, read_body
from .._strict_json import read_json
from ._ag_ui import read_ag_ui
from ._chat import read_chat, read_own
from ._fields import Fields
from ._ui import read_ui

MAX_BYTES: Final = 32 * 1024 * 1024
"""Bytes that a request may have: some files, in base64."""

_READERS: Final[Mapping[str, Callable[[Fields], list[Message]]]] = {
    "events": read_own,
    "ui": read_ui,
    "ag_ui": read_ag_ui,
    "openai": read_chat,
    "text": read_own,
    "jsonl": read_own,
}


async def read_messages(
    request: PageRequest, *, protocol: str, max_bytes: int = MAX_BYTES
) -> list[Message]:
    """The messages of a page's *request*, which is one of the *protocol* that `encoder` knows by name.

    Waits for the body.  Files are attachments, results of tools are messages with
    `ActionResponseContent`, and what `UIEncoder` and `AGUIEncoder` gave out with thoughts and calls is
    there again.  Calls without a result are left out, and so are results without their call.  The last message is a question, or a result.

    A page says what it likes: messages of the system too.  Leave out what you do not want of it.

    :raises BadPageRequest: it is no such request, or has more than *max_bytes*; an endpoint answers 400.
    :raises ConfigurationError: there is no such protocol.
    """
    check_size("read_messages(): max_bytes", max_bytes)
    reader = _READERS.get(protocol)
    if reader is None:
        near = closest(str(protocol), _READERS)
        raise ConfigurationError(
            f"there is no protocol {protocol!r:.100}{f' (do you mean {near!r}?)' if near else ''}:"
            f" choose from {', '.join(_READERS)}"
        )
    messages = reader(Fields(await _body(request, max_bytes), ""))
    if not messages or not isinstance(
        messages[-1].content, InstructionContent | ActionResponseContent
    ):
        raise BadPageRequest("the last message has to be a user's question, or a tool's result")
    return messages


async def run_ids(request: PageRequest) -> dict[str, str]:
    """The ids of an AG-UI request, as settings of its encoder: ``thread_id`` and ``run_id``.

    Waits for the body.

    :raises BadPageRequest: it has none.
    """
    run = Fields(await _body(request, MAX_BYTES), "")
    return {"thread_id": run.text("threadId"), "run_id": run.text("runId")}


async def _body(request: PageRequest, max_bytes: int) -> Any:
    body = await read_body(request, max_bytes)
    if body is None:
        raise BadPageRequest(f"the request has more than {max_bytes:,} bytes")
    try:
        return read_json(body)
    except ValueError as error:
        raise BadPageRequest(f"the request is no JSON: {error}") from error
