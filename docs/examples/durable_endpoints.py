"""Three endpoints: begin an answer, read it from any place on, stop it."""

from typing import Any

import trio
from hypercorn.config import Config
from hypercorn.trio import serve
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from lionpride_trio import NotFound, iModel
from lionpride_trio.durable import open_streams
from lionpride_trio.web import respond


async def not_found(_, error):
    return JSONResponse({"error": str(error)}, 404)


def make_app(streams, model):
    async def begin(request):
        question = (await request.body()).decode()
        began = await streams.start(request.path_params["id"], model.stream(question))
        return JSONResponse({"began": began})

    async def read(request):
        return respond(streams.follow(request.path_params["id"], after=request))

    async def stop(request):
        status = await streams.stop(request.path_params["id"])
        return JSONResponse({"state": status.state, "items": status.items})

    return Starlette(
        routes=[
            Route("/answers/{id}", begin, methods=["POST"]),
            Route("/answers/{id}", read, methods=["GET"]),
            Route("/answers/{id}", stop, methods=["DELETE"]),
        ],
        exception_handlers={NotFound: not_found},
    )


async def main():
    config = Config()
    config.bind = ["127.0.0.1:8000"]
    async with open_streams("sqlite:///answers.db") as streams:
        # hypercorn and starlette type ASGI differently
        app: Any = make_app(streams, iModel("local"))
        await serve(app, config)


if __name__ == "__main__":
    trio.run(main)
