"""An endpoint of FastAPI that streams an answer to a page."""

from contextlib import asynccontextmanager
from typing import Any

import trio
from fastapi import FastAPI, Request
from hypercorn.config import Config
from hypercorn.trio import serve

from lionpride_trio import Session, iModel
from lionpride_trio.web import respond


@asynccontextmanager
async def lifespan(_app: FastAPI):
    """Keep one session open as long as the server runs: its models share one HTTP client."""
    async with Session() as session:
        session.services.register(iModel("openai", "gpt-4o-mini"))
        yield {"session": session}


app = FastAPI(lifespan=lifespan)


@app.get("/answer")
async def answer(question: str, request: Request):
    return respond(request.state.session.services.get("gpt-4o-mini").stream(question))


async def main(bind="127.0.0.1:8000", task_status=trio.TASK_STATUS_IGNORED):
    config = Config()
    config.bind = [bind]
    served: Any = app  # hypercorn and FastAPI type ASGI differently
    await serve(served, config, task_status=task_status)


if __name__ == "__main__":
    trio.run(main)
