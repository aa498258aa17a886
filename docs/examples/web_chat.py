"""The server of a chat whose page is React's useChat: it streams, goes on after a reload, and stops."""

import os
from contextlib import asynccontextmanager, suppress

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lionpride_trio import NotFound, iModel
from lionpride_trio.durable import State, open_streams
from lionpride_trio.web import read_messages, respond

NOTHING = 204


@asynccontextmanager
async def lifespan(_app):
    async with open_streams(os.environ.get("STREAMS", "memory:")) as streams:
        yield {"streams": streams, "model": iModel("openai", "gpt-4o-mini")}


async def chat(request):
    """A turn: the answer is a durable stream under the id of the chat, in the place of the one before."""
    streams, messages = request.state.streams, await read_messages(request, protocol="ui")
    id = str((await request.json()).get("id"))
    with suppress(NotFound):
        await streams.delete(id)
    await streams.start(id, request.state.model.stream(messages))
    return respond(streams.follow(id), protocol="ui")


async def resume(request):
    """The answer that still runs, from its beginning: that is what useChat wants."""
    streams, id = request.state.streams, request.path_params["id"]
    with suppress(NotFound):
        if (await streams.status(id)).state is State.RUNNING:
            return respond(streams.follow(id), protocol="ui")
    return Response(status_code=NOTHING)


async def stop(request):
    with suppress(NotFound):
        await request.state.streams.stop(request.path_params["id"])
    return Response(status_code=NOTHING)


async def health(request):
    return JSONResponse({"streams": len(await request.state.streams.list())})


app = Starlette(
    routes=[
        Route("/api/chat", chat, methods=["POST"]),
        Route("/api/chat/{id}/stream", resume, methods=["GET"]),
        Route("/api/chat/{id}", stop, methods=["DELETE"]),
        Route("/health", health),
    ],
    lifespan=lifespan,
)
