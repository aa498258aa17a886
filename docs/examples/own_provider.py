"""A provider of one's own: an imaginary service whose events are ``{"say": …}`` and ``{"bye": …}``."""

import trio

from lionpride_trio import FinishChunk, OtherChunk, Overloaded, TextChunk, Verdict, iModel
from lionpride_trio.providers import HTTPRequest, Provider, register
from lionpride_trio.providers.encoders import Abilities, Encoder, Framing


class ParrotParser:
    """Reads the events of one stream."""

    def __init__(self):
        self.ended = False  # the end mark was seen
        self.whole = False  # a clean end of the body now is the end of a whole answer
        self.failure = None

    def feed(self, event, value):
        match value:
            case {"say": str(text)}:
                return [TextChunk(text, raw_response=value)]
            case {"bye": reason}:
                self.ended = self.whole = True
                return [FinishChunk(verdict=Verdict.COMPLETE, reason=reason, raw_response=value)]
            case _:  # what one does not know passes through; an error document is found there
                return [OtherChunk(kind="unknown", value=value, raw_response=value)]


class ParrotEncoder(Encoder):
    """Writes what the service would send."""

    abilities = Abilities(endings={Verdict.COMPLETE: ["tired", "full"]}, counts=())

    def write(self, chunk):
        return self.framing.event({"say": chunk.data}) if isinstance(chunk, TextChunk) else b""

    def end(self):
        return self.framing.event({"bye": self.reason})

    def fail(self, message, *, status=500):
        return self.framing.event({"squawk": message})

    def whole(self, chunks):
        said = [{"say": chunk.data} for chunk in chunks if isinstance(chunk, TextChunk)]
        return {"events": [*said, {"bye": self.reason}]}


class Parrot(Provider):
    """How the service is asked, where it lives, and all else that is known of it."""

    name = "parrot"
    endpoint = "chat"
    framing = "sse"
    base_url = "https://parrot.example"
    base_url_variables = ("PARROT_BASE_URL",)
    key_variables = ("PARROT_API_KEY",)
    key_required = False
    paths = ("/talk",)
    max_tokens_options = ("longest",)
    error_words = {Overloaded: "moulting tired"}

    def request(self, call):
        body = {"model": call.model, "hear": [m["content"] for m in call.messages]}
        return HTTPRequest("/talk", {**body, **call.options, "stream": call.stream})

    def authorize(self, key):
        return {"authorization": f"Parrot {key.reveal()}"}

    def parser(self):
        return ParrotParser()

    def parse_body(self, value):
        parser = ParrotParser()
        chunks = [chunk for event in value["events"] for chunk in parser.feed("", event)]
        return chunks, parser.failure

    def encoder(self, head, style):  # not needed to ask the service, but to test this class
        return ParrotEncoder(head, Framing(style))


register(Parrot())


async def main():
    async with iModel("parrot", "polly").stream("Polly wants a cracker") as reply:
        async for chunk in reply:
            print(chunk, end="", flush=True)
    print(f" ({reply.response.verdict.value})")


if __name__ == "__main__":
    trio.run(main)
