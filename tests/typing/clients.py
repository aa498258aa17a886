"""Read by the type checkers, never run: clients of the user's, and the ways of connections."""

from __future__ import annotations

import ssl
from typing import assert_type

import httpx

from lionpride_trio import HTTPTransport, Secret, Session, iModel


async def clients(context: ssl.SSLContext) -> None:
    transport = HTTPTransport(ssl_context=context)
    assert_type(transport, HTTPTransport)
    mounts: dict[str, httpx.AsyncBaseTransport | None] = {"https://a.example": transport}
    async with httpx.AsyncClient(transport=HTTPTransport(verify=context), mounts=mounts) as client:
        assert_type(iModel("openai", "m", http_client=client), iModel)


def ways(context: ssl.SSLContext) -> None:
    iModel("openai", "m", ssl_context=context, proxy="http://a.example:3128", trust_env=True)
    iModel("openai", "m", proxy=httpx.Proxy("http://a.example:3128"))
    assert_type(Session(proxy=Secret("http://a:b@a.example:3128"), ssl_context=context), Session)
