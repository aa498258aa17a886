"""The error of a request that a page got wrong."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException

from .._errors import ConfigurationError


class BadPageRequest(ConfigurationError, HTTPException):
    """A page sent what is no request of the protocol.

    An endpoint of starlette or FastAPI that lets it out answers with the status 400.
    """

    status_code = 400

    def __init__(self, message: str = "", **where: Any) -> None:
        super().__init__(message, **where)
        self.detail = self.message
        self.headers = None
