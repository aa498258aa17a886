"""A stage and a source of one's own."""

import trio

from lionpride_trio import sinks, source, transformer
from lionpride_trio.transformers import sentences


class Numbered:
    """Puts a number before each item."""

    def __init__(self, start=1):
        self.number = start

    def feed(self, item):
        numbered = f"{self.number}. {item}"
        self.number += 1
        return [numbered]

    def flush(self):
        return []


@source
async def slow_typist(text):
    for letter in text:
        await trio.sleep(0.01)
        yield letter


async def main():
    typed = slow_typist("Call me Ishmael. Some years ago I went to sea.")
    for line in await sinks.collect(typed | sentences() | transformer(Numbered)(start=7)):
        print(line)


if __name__ == "__main__":
    trio.run(main)
