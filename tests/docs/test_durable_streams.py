"""The programs of the page on durable streams."""

from __future__ import annotations

import httpx

from lionpride_trio import from_json, iModel, reassemble
from lionpride_trio.durable import open_streams
from lionpride_trio.wire import SSEDecoder
from tests.docs.markdown import load

QUESTION = "How does a whale sleep?"


async def test_durable(server, capsys, tmp_path):
    await load("durable")["main"](f"sqlite:///{tmp_path / 'answers.db'}")
    printed = capsys.readouterr().out
    begin, rest = printed.split("\n… and later, perhaps in another process:\n")
    rest, last = rest.rsplit("\n", 2)[:2]
    text = (await iModel("openai", "gpt-4o-mini").complete(QUESTION)).text
    assert begin + rest == text
    assert last.endswith("items, ended, Verdict.COMPLETE")


def read_events(response):
    decoder = SSEDecoder()
    return [*decoder.feed(response.content), *decoder.flush()]


async def test_durable_endpoints(server):
    model = iModel("openai", "gpt-4o-mini")
    async with open_streams("memory:") as streams:
        app = load("durable_endpoints")["make_app"](streams, model)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as page:
            for began in (True, False):
                answer = await page.post("/answers/1", content=QUESTION)
                assert answer.json() == {"began": began}
            *events, end = read_events(await page.get("/answers/1"))
            assert end.event == "end"
            assert [event.id for event in events] == [str(n + 1) for n in range(len(events))]
            text = reassemble(from_json(event.data) for event in events).text
            assert text == (await model.complete(QUESTION)).text
            rest = read_events(await page.get("/answers/1", headers={"last-event-id": "7"}))
            assert rest == [*events[7:], end]
            stopped = await page.delete("/answers/1")
            assert stopped.json() == {"state": "ended", "items": len(events)}
            for ask in (page.get, page.delete):
                assert (await ask("/answers/2")).status_code == 404
