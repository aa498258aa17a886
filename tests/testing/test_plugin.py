"""The fixtures, as a user's test gets them."""

from __future__ import annotations

import pytest

from lionpride_trio import ServerError, iModel
from lionpride_trio.testing import Answer, plugin

local_server = plugin.local_server
faulty_server = plugin.faulty_server


async def test_the_embedded_server(local_server):
    model = iModel("openai", "trigram-1", api_key="any", base_url=local_server.url("openai"))
    assert (await model.complete("hi")).text


async def test_a_faulty_server(faulty_server):
    server = await faulty_server([Answer(status=500)])
    model = iModel("openai", "m", api_key="any", base_url=server.url("openai"), retry=None)
    with pytest.raises(ServerError):
        await model.complete("hi")
    assert len(server.requests) == 1
