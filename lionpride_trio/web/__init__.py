"""The way out to a page: a stream as the answer of an endpoint, and a page's request as messages.

::

    async def chat(request):
        messages = await read_messages(request, protocol="ui")
        return respond(model.stream(messages), protocol="ui")

Layout: ``_requests`` (what pages ask); ``encoders`` (what pages read); ``_respond`` (the response) with ``_page``
(what is sent to one page) and ``_statuses`` (what it gets in place of a stream).
"""

from .._errors import ConfigurationError
from .._public import show_public_path

try:
    from ._bad_request import BadPageRequest
    from ._events_js import EVENTS_JS
    from ._requests import PageRequest, read_messages, run_ids
    from ._respond import StreamedResponse, respond
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "starlette":
        raise
    raise ConfigurationError(
        "answers for pages need the extra: pip install 'lionpride_trio[web]'"
    ) from error

__all__ = [
    "EVENTS_JS",
    "BadPageRequest",
    "PageRequest",
    "StreamedResponse",
    "read_messages",
    "respond",
    "run_ids",
]

show_public_path(globals())
