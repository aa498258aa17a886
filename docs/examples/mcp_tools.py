"""Give a model the tools of an MCP server."""

import sys

import trio
from mcp import ClientSession, StdioServerParameters, stdio_client

from lionpride_trio import iModel
from lionpride_trio.tools import Toolbox, from_mcp


async def main(command, arguments, model_name):
    parameters = StdioServerParameters(command=command, args=arguments)
    async with stdio_client(parameters) as streams, ClientSession(*streams) as session:
        await session.initialize()
        tools = Toolbox(await from_mcp(session))
        for tool in tools:
            print(tool)
        response = await iModel("openai", model_name).complete("Rain in Oslo?", tools=tools)
        for call in response.tool_calls:
            print(call.name, "gives", await tools.find(call.name).call(call.arguments))


if __name__ == "__main__":
    trio.run(main, sys.argv[1], sys.argv[2:], "gpt-4o-mini")
