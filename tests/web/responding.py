"""A server to ask, and a page that visits an answer."""

from __future__ import annotations

import trio
from starlette.applications import Starlette
from starlette.routing import Route

from lionpride_trio import (
    iModel,
    source,
)
from lionpride_trio.web import respond
from tests.web.visits import Visit

QUESTION = "How does a whale sleep?"


def model_of(server, name="trigram-1", **settings):
    return iModel("openai", name, api_key="any", base_url=server.url("openai"), **settings)


def app_of(make_source, **options):
    async def answer(_request):
        return respond(make_source(), **options)

    return Starlette(routes=[Route("/", answer)])


async def visited(response, **options):
    visit = Visit(**options)
    await visit.to(response)
    return visit


# Silence


@source
async def late(seconds, *, then=None):
    await trio.sleep(seconds)
    yield "a"
    if then is not None:
        raise then


def times(visit):
    return [(when, message.get("body")) for when, message in visit.sent]


BEAT = b": keep-alive\n\n"
