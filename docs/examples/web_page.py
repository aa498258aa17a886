"""A page in plain JavaScript that asks a model, and the three endpoints that it needs."""

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from lionpride_trio import iModel
from lionpride_trio.web import EVENTS_JS, respond

PAGE = """<!doctype html>
<title>Ask</title>
<form><input name="question" autofocus><button>Ask</button></form>
<p id="answer"></p>
<script type="module">
  import { readEvents } from "/events.js";
  const form = document.querySelector("form"), answer = document.querySelector("#answer");
  let stop = () => {};
  form.onsubmit = (event) => {
    event.preventDefault();
    stop();
    answer.textContent = "";
    stop = readEvents("/answer?" + new URLSearchParams(new FormData(form)), {
      chunk: (chunk) => { if (chunk.$ === "TextChunk") answer.textContent += chunk.data; },
      failure: (failure) => { answer.textContent += ` [${failure.message}]`; },
    });
  };
</script>
"""


async def page(_request):
    return HTMLResponse(PAGE)


async def events_js(_request):
    return Response(EVENTS_JS, media_type="text/javascript")


async def answer(request):
    question = request.query_params.get("question", "")
    return respond(iModel("openai", "gpt-4o-mini").stream(question))


app = Starlette(routes=[Route("/", page), Route("/events.js", events_js), Route("/answer", answer)])
