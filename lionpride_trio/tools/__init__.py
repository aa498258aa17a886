"""Tools: functions that a model may call.

::

    @tool
    async def weather(city: Annotated[str, "a city's name"], unit: Literal["C", "F"] = "C") -> str:
        "The weather now."


    async with model.stream("Do I need a coat in Oslo?", tools=[weather]) as reply:
        ...
    (call,) = reply.response.tool_calls
    result = await Toolbox([weather]).find(call.name).call(call.arguments)

Layout: ``_signature`` (a function's schema), ``_running`` (functions of every kind), ``_output``
(results as a model is told them), ``_tool``, ``_decorator``, ``_toolbox``; ``_mcp`` (tools of a server).
"""

from .._public import show_public_path
from ._decorator import tool
from ._mcp import from_mcp
from ._tool import Tool
from ._toolbox import Toolbox

__all__ = ["Tool", "Toolbox", "from_mcp", "tool"]

show_public_path(globals())
