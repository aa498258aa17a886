"""A call as its user sees it: the chunks, the response, and the error, if there was one."""

import attrs

from lionpride_trio import LionprideError


@attrs.define
class Got:
    text: str = ""
    error: LionprideError | None = None
    response: object = None


async def ask(model, **options):
    """Everything that one call gives.  Only this library's own errors are caught."""
    got = Got()
    try:
        async with model.stream("hi", **options) as reply:
            try:
                async for chunk in reply:
                    got.text += chunk.data
            finally:
                got.response = reply.response
    except LionprideError as error:
        got.error = error
        if error.partial is not None and got.response is None:
            got.response = error.partial
            got.text = error.partial.text
    return got
