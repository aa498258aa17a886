"""The error of a request that a page got wrong."""

from __future__ import annotations

from .._errors import ConfigurationError


class BadPageRequest(ConfigurationError):
    """A page sent what is no request of the protocol; an endpoint answers it with the status 400."""

    status = 400
    """The HTTP status of the answer."""
