"""One answer to the screen, into a file and to a browser at once."""

from itertools import count
from pathlib import Path
from typing import Any

import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, StreamingResponse
from starlette.routing import Route

from lionpride_trio import Session, iModel, sinks
from lionpride_trio.transformers import tee

PAGE = """<!doctype html>
<title>Why is the sea salt?</title>
<p style="white-space: pre-wrap"></p>
<script>
  const answer = document.querySelector("p");
  const events = new EventSource("/?question=" + encodeURIComponent(document.title));
  events.onmessage = (event) => answer.append(event.data);
  // An EventSource that is not closed connects again, and the model is asked anew.
  events.addEventListener("end", () => events.close());
  events.addEventListener("error", () => { events.close(); answer.append(" [cut]"); });
</script>
"""


def application(session, path):
    """``/page`` reads ``/`` with an EventSource; the screen and a file have the same answer.

    The first answer is written to *path*, as ``answer.txt``; each later one to a file of its own,
    ``answer-2.txt``, ``answer-3.txt`` and so on.
    """
    model = session.services.get("gpt-4o-mini")
    numbers = count(1)

    async def answer(request):
        number = next(numbers)
        file = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        reply = model.stream(request.query_params.get("question", "Why is the sea salt?"))
        # Nobody waits for the answer of a page that went away: it leaves no half of a file.
        write = sinks.write_file(file, keep_partial=False)
        stream = reply | tee(write) | tee(sinks.stdout)
        # The open session owns what is iterated here. sse_bytes closes it when the page goes away:
        # the model's connection, the file and the model's slot are free at once.
        return StreamingResponse(
            sinks.sse_bytes(stream),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )

    async def page(_request):
        return HTMLResponse(PAGE)

    return Starlette(routes=[Route("/", answer), Route("/page", page)])


async def main(bind="127.0.0.1:8000", path="answer.txt", task_status=trio.TASK_STATUS_IGNORED):
    async with Session() as session:
        session.services.register(iModel("openai", "gpt-4o-mini"))
        config = Config()
        config.bind = [bind]
        # hypercorn and starlette type ASGI differently
        app: Any = application(session, Path(path))
        await serve(app, config, task_status=task_status)


if __name__ == "__main__":
    trio.run(main)
