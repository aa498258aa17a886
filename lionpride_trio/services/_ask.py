"""What one call sends: the provider's request, with what the caller adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._errors import ConnectionFailed, LionprideError, StreamTimeout
from ..providers import ModelCall, Provider
from ._extras import merged, with_query
from ._settings import check_headers


@attrs.frozen
class Ask:
    """One call, and the request that was written for it.  Each attempt sends the same."""

    call: ModelCall
    path: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def starts_job(self) -> bool:
        """The provider works on, and is paid, though its answer is lost (Responses' ``background``).

        Sent twice it is two jobs, so nothing repeats it that may have arrived.
        """
        return self.body.get("background") is True


def write_request(provider: Provider, call: ModelCall) -> Ask:
    """The request of *call*, whole but for its address and its key.

    :raises ConfigurationError: it cannot be sent.
    """
    check_headers(call.headers)
    request = provider.request(call)
    check_headers(request.headers)
    return Ask(
        call,
        path=with_query(request.path, call.extra_query),
        body=merged(request.body, call.extra_body) if call.extra_body else request.body,
        headers={**request.headers, **call.headers} if call.headers else request.headers,
    )


def never_left(error: LionprideError) -> bool:
    """Whether *error* is of a connection that was never made, so that no request went over it."""
    return isinstance(error, ConnectionFailed) or (
        isinstance(error, StreamTimeout) and error.clock == "connect"
    )
