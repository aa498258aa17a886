"""An MCP server with tools of each kind, over stdio; the tests of HTTP serve the same."""

from __future__ import annotations

import base64
from typing import Any

import anyio
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

CITY = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
}
NOTHING = {"type": "object", "properties": {}}
PIXEL = base64.b64encode(b"pixel").decode()

TOOLS = [
    types.Tool(name="weather", description="The weather now.", input_schema=CITY),
    types.Tool(name="news/today", title="News", input_schema=NOTHING),
    types.Tool(name="news.today", input_schema=NOTHING),
    types.Tool(name="x" * 70, input_schema=NOTHING),
    types.Tool(name="everything", input_schema=NOTHING),
    types.Tool(name="data", input_schema=NOTHING),
    types.Tool(name="fails", input_schema=NOTHING),
    types.Tool(name="fails_silently", input_schema=NOTHING),
    types.Tool(name="breaks", input_schema=NOTHING),
    types.Tool(name="sleeps", input_schema=NOTHING),
]
PAGE = 3


async def list_tools(
    context: Any, params: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    start = int((params and params.cursor) or 0)
    end = start + PAGE
    return types.ListToolsResult(
        tools=TOOLS[start:end], next_cursor=str(end) if end < len(TOOLS) else None
    )


def text(words: str) -> types.TextContent:
    return types.TextContent(type="text", text=words)


async def call_tool(context: Any, params: types.CallToolRequestParams) -> types.CallToolResult:
    match params.name:
        case "weather":
            return types.CallToolResult(
                content=[text(f"rain in {(params.arguments or {})['city']}")]
            )
        case "everything":
            return types.CallToolResult(
                content=[
                    text("see"),
                    types.ImageContent(type="image", data=PIXEL, mime_type="image/png"),
                    types.AudioContent(type="audio", data=PIXEL, mime_type="audio/wav"),
                    types.ResourceLink(type="resource_link", name="log", uri="file:///log"),
                    types.EmbeddedResource(
                        type="resource",
                        resource=types.TextResourceContents(uri="file:///a.txt", text="inside"),
                    ),
                    types.EmbeddedResource(
                        type="resource",
                        resource=types.BlobResourceContents(
                            uri="file:///b.bin", blob=PIXEL, mime_type="image/gif"
                        ),
                    ),
                ]
            )
        case "data":
            return types.CallToolResult(content=[], structured_content={"rain": True})
        case "fails":
            return types.CallToolResult(content=[text("no such city")], is_error=True)
        case "fails_silently":
            return types.CallToolResult(content=[], is_error=True)
        case "sleeps":
            await anyio.sleep_forever()
        case "breaks":
            raise RuntimeError("the server is broken")
    return types.CallToolResult(content=[text(params.name)])


def make_server() -> Server[Any]:
    return Server("weather station", on_list_tools=list_tools, on_call_tool=call_tool)


async def main() -> None:
    server = make_server()
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    anyio.run(main)
