"""The tools of an MCP server, by the official ``mcp`` package."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Mapping
from typing import Any, Final, Protocol

from .._errors import ToolError
from .._media import MediaPart
from .._parts import TextPart
from .._typed_data import to_json_text
from ._tool import Tool, check_name

_LONGEST: Final = 64
_MEDIA: Final = frozenset(["audio", "image"])
_OTHER: Final = re.compile(r"[^A-Za-z0-9_-]")


class MCPSession(Protocol):
    """The members of an ``mcp.ClientSession`` that are used."""

    async def list_tools(self, *, params: Any = None) -> Any: ...

    async def call_tool(self, name: str, arguments: dict[str, Any] | None = None, /) -> Any: ...


async def from_mcp(session: MCPSession, *, prefix: str = "") -> list[Tool[..., Any]]:
    """The tools that the server of an MCP session has, all pages of its list::

        async with stdio_client(StdioServerParameters(command="files")) as streams:
            async with ClientSession(*streams) as session:
                await session.initialize()
                tools = await from_mcp(session)

    *session* is an ``mcp.ClientSession``.  It is yours, and has to be open as long as the tools are used.  Names, descriptions and schemas
    are the server's; what a provider refuses in a name is ``_`` in the tool's.  *prefix* goes before each name, so
    that two servers may both have a ``search``.  The server checks the arguments.

    A result is text, or a list of parts where it has images or sounds; other content is named in it.  A failure that the server reports is a `ToolError` with its text;
    other failures of the session come out as they are.
    """
    from mcp.types import PaginatedRequestParams

    tools: list[Tool[..., Any]] = []
    cursor: str | None = None
    while True:
        page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
        for one in page.tools:
            name = _free_name(prefix + one.name, {tool.name for tool in tools})
            tools.append(
                Tool[..., Any](
                    name=name,
                    description=one.description or one.title or "",
                    schema=one.input_schema,
                    timeout=None,
                    function=_Remote(session, one.name, name),
                    read=_as_they_are,
                )
            )
        cursor = page.next_cursor
        if cursor is None:
            return tools


def _free_name(theirs: str, taken: Collection[str]) -> str:
    """The server's name of a tool as providers take it, and as no other tool of the server is called."""
    name = plain = check_name(_OTHER.sub("_", theirs)[:_LONGEST])
    number = 1
    while name in taken:
        number += 1
        end = f"_{number}"
        name = plain[: _LONGEST - len(end)] + end
    return name


def _as_they_are(arguments: Any) -> Mapping[str, Any]:
    return dict(arguments)


class _Remote:
    """Calls a tool of the server under the server's name for it."""

    def __init__(self, session: MCPSession, theirs: str, ours: str) -> None:
        self._session = session
        self._theirs = theirs
        self._ours = ours

    async def __call__(self, /, **arguments: Any) -> str | list[TextPart | MediaPart]:
        result = await self._session.call_tool(self._theirs, arguments)
        if result.is_error:
            text = "\n".join(map(_told, result.content))
            raise ToolError(text or f"{self._theirs} failed", tool=self._ours)
        if not result.content and result.structured_content is not None:
            return to_json_text(result.structured_content)
        if any(block.type in _MEDIA for block in result.content):
            return list(map(_part, result.content))
        return "\n".join(map(_told, result.content))


def _part(block: Any) -> TextPart | MediaPart:
    if block.type not in _MEDIA:
        return TextPart(_told(block))
    return MediaPart(block.type, block.mime_type, data=base64.b64decode(block.data))


def _told(block: Any) -> str:
    """A block of content as text: what it says, or what it is."""
    if block.type == "text":
        return str(block.text)
    if block.type == "resource_link":
        return f"[{block.name}: {block.uri}]"
    if block.type == "resource":
        text = getattr(block.resource, "text", None)
        if isinstance(text, str):
            return text
        return f"[{block.resource.mime_type or 'data'}: {block.resource.uri}]"
    return f"[{block.type} of type {block.mime_type}]"
