"""One answer, read by this library and by the official SDK of its wire, over loopback."""

import logging

import trio

from lionpride_trio import iModel
from lionpride_trio.testing import Answer, FaultyServer
from tests.judges.reading import Reading
from tests.judges.sdk_readers import SDKS, SPEAK_OPENAI


async def read_both(wire, body, media, *, whole=False):
    """The readings of this library and of the SDK; None for a wire that has no SDK here."""
    async with FaultyServer(Answer(body=body, media=media)) as server:
        ours = await _ours(server, wire, whole=whole)
        read = SDKS.get(wire)
        url = server.url("openai" if wire[0] in SPEAK_OPENAI else wire[0])
        theirs = read and await trio.to_thread.run_sync(_official, read, url, whole)
    return ours, theirs


async def _ours(server, wire, *, whole):
    provider, endpoint = wire
    model = iModel(
        provider, "m", endpoint, api_key="any-key", base_url=server.url(provider), retry=None
    )
    error = response = None
    try:
        if whole:
            response = await model.complete("hi")
        else:
            async with model.stream("hi") as reply:
                try:
                    async for _ in reply:
                        pass
                finally:
                    response = reply.response
    except Exception as caught:
        error, response = caught, response or getattr(caught, "partial", None)
    if response is None:
        return Reading(error=error)
    return Reading(
        text=response.text,
        calls=[(call.id, call.name, call.arguments) for call in response.tool_calls],
        reason=response.finish_reason,
        error=error,
        verdict=response.verdict.name,
        cached=response.usage and response.usage.cached_tokens,
        thoughts=[(block.text, block.signature) for block in response.reasoning_blocks],
    )


def _official(readers, url, whole):
    """The reading of an SDK's helper that assembles a whole answer, or else of its plain events.

    An SDK is not held to what its helper is strict about: where that raises, and the plain events
    give as much text without, they are its reading.
    """
    assembled = _tried(readers[0], url, whole)
    if assembled.error is None or whole:
        return assembled
    for read in readers[1:]:
        plain = _tried(read, url, whole)
        if plain.error is None or len(plain.text) > len(assembled.text):
            plain.helper_error = assembled.error
            return plain
    return assembled


def _tried(read, url, whole):
    reading = Reading()
    logging.getLogger("google_genai").setLevel(logging.ERROR)
    try:
        read(url, whole, reading)
    except Exception as error:
        reading.error = error
    return reading
