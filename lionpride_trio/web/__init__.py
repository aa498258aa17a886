"""The way out to a page: a stream as the answer of an endpoint, and a page's request as messages."""

from .._errors import ConfigurationError
from .._public import show_public_path

try:
    from ._bad_request import BadPageRequest
    from ._respond import StreamedResponse, respond
except ModuleNotFoundError as error:
    if error.name != "starlette":
        raise
    raise ConfigurationError(
        "answers for pages need the extra: pip install 'lionpride_trio[web]'"
    ) from error

__all__ = ["BadPageRequest", "StreamedResponse", "respond"]

show_public_path(globals())
