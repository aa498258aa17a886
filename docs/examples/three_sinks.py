"""One answer to the screen, into a file and to a browser at once."""

from typing import Any

import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Route

from lionpride_trio import Session, iModel, sinks
from lionpride_trio.transformers import tee


def application(session, path):
    """A page's EventSource reads ``/``; the screen and the file have the same answer."""
    model = session.services.get("gpt-4o-mini")

    async def answer(request):
        reply = model.stream(request.query_params.get("question", "Why is the sea salt?"))
        stream = reply | tee(sinks.write_file(path)) | tee(sinks.stdout)
        # The open session owns what is iterated here, and closes it when the page goes away.
        return StreamingResponse(sinks.sse_bytes(stream), media_type="text/event-stream")

    return Starlette(routes=[Route("/", answer)])


async def main(bind="127.0.0.1:8000", path="answer.txt", task_status=trio.TASK_STATUS_IGNORED):
    async with Session() as session:
        session.services.register(iModel("openai", "gpt-4o-mini"))
        config = Config()
        config.bind = [bind]
        app: Any = application(session, path)  # hypercorn and starlette type ASGI differently
        await serve(app, config, task_status=task_status)


if __name__ == "__main__":
    trio.run(main)
