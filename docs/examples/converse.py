"""A model calls tools until it can answer; its words and what the tools give are shown as they come."""

from typing import Annotated, Literal

import trio

from lionpride_trio import ToolCallChunk, ToolResultChunk, iModel
from lionpride_trio.tools import tool


@tool
async def weather(
    city: Annotated[str, "a city's name"],
    unit: Literal["C", "F"] = "C",
) -> dict[str, object]:
    """The weather now."""
    return {"city": city, "sky": "rain", "temperature": 3 if unit == "C" else 37}


@tool
def ask_an_expert(question: str):
    """An expert's answer to a question about clothes."""
    return iModel("openai", "gpt-4o").stream(question, max_tokens=30)


async def main(model_name="gpt-4o-mini"):
    model = iModel("openai", model_name, stream=True)
    question = "Do I need a coat in Oslo?"
    async with model.converse(question, tools=[weather, ask_an_expert], max_turns=4) as reply:
        async for chunk in reply:
            match chunk:
                case ToolCallChunk(name=str(name)):
                    print(f"\n{name} is called")
                case ToolResultChunk(last=False, output=piece):
                    print(piece, end="", flush=True)
                case ToolResultChunk(name=name, output=output, turn=turn):
                    print(f"\n{name} gave, in turn {turn}: {output}")
                case _:
                    print(chunk.data, end="", flush=True)
    print(f"\n{len(reply.turns)} turns, {reply.response.verdict.value}, {reply.usage}")
    return reply


if __name__ == "__main__":
    trio.run(main)
