"""Keep what looks like a key or an address off the screen, however the network cut it."""

import trio

from lionpride_trio import iModel, sinks
from lionpride_trio.transformers import redact, stop_at, text

ADDRESS = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"
KEY = r"sk-[A-Za-z0-9]{8,64}"


async def main():
    model = iModel("openai", "gpt-4o-mini")
    clean = text() | redact(f"{ADDRESS}|{KEY}") | stop_at("-- end of mail --")
    await sinks.stdout(model.stream("Write a mail about a lost password") | clean)


if __name__ == "__main__":
    trio.run(main)
