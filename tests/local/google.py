"""Google's official client, beside a server that runs on trio."""

import trio
from google import genai
from google.genai import types


async def in_thread(server, work):
    """Run `work(client)` with google-genai's client, which is not for trio."""

    def run():
        options = types.HttpOptions(base_url=server.url("gemini"))
        with genai.Client(api_key="any", http_options=options) as client:
            return work(client)

    return await trio.to_thread.run_sync(run)
