"""Show the parts of a JSON document while the model writes it."""

import trio

from lionpride_trio import iModel
from lionpride_trio.transformers import partial_json


async def show(chunks):
    async with chunks | partial_json() as events:
        async for event in events:
            if event.kind in {"value", "append"}:
                path = ".".join(map(str, event.path))
                print(f"{path}: {event.value!r}", flush=True)


async def main():
    model = iModel("openai", "gpt-4o-mini", response_format={"type": "json_object"})
    await show(model.stream("A recipe for ship's biscuit, as JSON"))


if __name__ == "__main__":
    trio.run(main)
