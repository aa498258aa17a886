"""Three endpoints: begin an answer, read it from anywhere on, stop it."""

from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from lionpride_trio import LionprideError, NotFound
from lionpride_trio.wire import encode_event


def make_app(streams, model):
    async def begin(request):
        question = (await request.body()).decode()
        began = await streams.start(request.path_params["id"], model.stream(question))
        return JSONResponse({"began": began})

    async def read(request):
        last_id = request.headers.get("last-event-id")  # a browser that reconnects sends it
        following = streams.follow(request.path_params["id"], after=last_id, wait=1)

        async def events():
            try:
                async with following as channel:
                    async for chunk in channel:
                        yield encode_event(chunk.to_json(), id=str(channel.last_id))
                yield encode_event("", event="end")  # the page closes its EventSource here …
            except LionprideError as error:
                yield encode_event(str(error), event="failure")  # … or here

        return StreamingResponse(events(), media_type="text/event-stream")

    async def stop(request):
        try:
            status = await streams.stop(request.path_params["id"])
        except NotFound:
            return JSONResponse({"error": "no such answer"}, 404)
        return JSONResponse({"state": status.state, "items": status.items})

    return Starlette(
        routes=[
            Route("/answers/{id}", begin, methods=["POST"]),
            Route("/answers/{id}", read, methods=["GET"]),
            Route("/answers/{id}", stop, methods=["DELETE"]),
        ]
    )
