"""Ten thousand questions, eight at a time: begun, killed, begun again, and none is paid for twice."""

import trio

from lionpride_trio import iModel
from lionpride_trio.durable import Mapped, map_durable, open_streams
from lionpride_trio.sinks import json_lines, progress
from lionpride_trio.transformers import map_each, tee

model = iModel("openai", "gpt-4o-mini", limit_requests=500, capacity_refresh_time=60)


async def ask(question: str) -> str:
    return (await model.complete(question)).text


def line(one: Mapped[str, str]):
    return {"question": one.key, "answer": one.result}


async def main(questions="questions.txt", answers="answers.jsonl", url="sqlite:///batch.db"):
    asked = (await trio.Path(questions).read_text(encoding="utf-8")).splitlines()
    async with open_streams(url) as streams:
        results = map_durable(ask, asked, limit=8, journal=streams.journal("questions"))
        shown = results | tee(progress(total=len(asked)))
        await json_lines(answers)(shown | map_each(line))


if __name__ == "__main__":
    trio.run(main)
