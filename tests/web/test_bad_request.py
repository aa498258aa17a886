"""A page's bad request is a 400 in the frameworks, without a handler of one's own."""

import pickle

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from lionpride_trio import ConfigurationError
from lionpride_trio.web import BadPageRequest

ERROR = BadPageRequest("messages: a list is wanted")


async def wrong(request: Request):
    raise ERROR


def fastapi():
    app = FastAPI()
    app.get("/")(wrong)
    return app


def starlette():
    return Starlette(routes=[Route("/", wrong)])


@pytest.mark.parametrize("make", [fastapi, starlette])
async def test_an_endpoint_that_lets_it_out_answers_with_400(make):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(make()), base_url="http://a"
    ) as page:
        answered = await page.get("/")
    assert answered.status_code == 400
    assert "a list is wanted" in answered.text


def test_it_is_a_configuration_error_that_can_be_pickled():
    again = pickle.loads(pickle.dumps(ERROR))
    assert isinstance(again, ConfigurationError)
    assert (str(again), again.status_code, again.detail) == (str(ERROR), 400, str(ERROR))
