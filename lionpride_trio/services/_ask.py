"""One call as it is sent: the provider's request, with the caller's additions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from .._errors import ConnectionFailed, LionprideError, StreamTimeout
from .._safe_text import Secret
from ..providers import ModelCall, Provider
from ._address import check_headers
from ._extras import merged, with_query
from ._files import unread_files, with_empty_files, with_files

_KEYS: Final = re.compile(r"(?i)key|token|secret|auth|cookie|password|credential|signature")
"""Names of headers, and of parts of a query, that have a key."""


@attrs.frozen
class Ask:
    """One call, and the request that was written for it.  Each attempt sends the same."""

    call: ModelCall
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    secrets: tuple[Secret, ...] = ()
    """Keys that the caller gave in headers or in the query: no error shows them."""
    starts_job: bool = False
    """The provider works on, and is paid, though its answer is lost: sent twice it is two jobs."""
    has_unread_files: bool = False
    """The body is without the bytes of files that are named in the messages."""


async def with_files_read(provider: Provider, ask: Ask) -> Ask:
    """*ask* with the bytes of the files that its messages name; the same if there are none.

    :raises ConfigurationError: a file cannot be read, or is not what the provider takes.
    """
    if not ask.has_unread_files:
        return ask
    messages = await with_files(ask.call.messages)
    return write_request(provider, attrs.evolve(ask.call, messages=messages))


def write_request(provider: Provider, call: ModelCall) -> Ask:
    """The request of *call*, whole but for its address, its key and the bytes of files.

    :raises ConfigurationError: it cannot be sent.
    """
    check_headers(call.headers)
    unread = bool(unread_files(call.messages))
    checked = attrs.evolve(call, messages=with_empty_files(call.messages)) if unread else call
    request = provider.request(checked)
    check_headers(request.headers)
    body = merged(request.body, call.extra_body) if call.extra_body else request.body
    return Ask(
        call,
        path=with_query(request.path, call.extra_query),
        body=body,
        headers={**request.headers, **call.headers} if call.headers else request.headers,
        secrets=(*_secrets(call.headers), *_secrets(call.extra_query)),
        has_unread_files=unread,
        starts_job=provider.starts_job(body),
    )


def _secrets(given: Mapping[str, Any]) -> Iterator[Secret]:
    for name, value in given.items():
        if isinstance(value, str) and _KEYS.search(name):
            yield Secret(value.rpartition(" ")[2])  # without the "Bearer" of an authorization


def never_left(error: LionprideError) -> bool:
    """Whether *error* is of a connection that was never made, so that no request went over it."""
    return isinstance(error, ConnectionFailed) or (
        isinstance(error, StreamTimeout) and error.clock == "connect"
    )
