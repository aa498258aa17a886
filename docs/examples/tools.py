"""A model asks for a tool, the tool is called, and the model answers with what it gave."""

from typing import Annotated, Any, Literal

import trio

from lionpride_trio import ToolResult, iModel
from lionpride_trio.tools import Toolbox, tool


@tool
async def weather(
    city: Annotated[str, "a city's name"],
    unit: Literal["C", "F"] = "C",
) -> dict[str, object]:
    """The weather now."""
    return {"city": city, "sky": "rain", "temperature": 3 if unit == "C" else 37}


async def main(model_name="gpt-4o-mini"):
    model = iModel("openai", model_name)
    tools = Toolbox([weather])
    messages: list[Any] = [{"role": "user", "content": "Do I need a coat in Oslo?"}]

    response = await model.complete(messages, tools=tools)
    messages.append(response.message)
    for call in response.tool_calls:
        asked = tools.find(call.name)
        output = asked.output_of(await asked.call(call.arguments))
        print(f"{call.name}({call.arguments}) gives {output}")
        messages.append(ToolResult(call.id, call.name, output))

    if response.tool_calls:
        response = await model.complete(messages, tools=tools)
    print(response.text)


if __name__ == "__main__":
    trio.run(main)
