"""A conversation: what a chunk costs on its way through one, and a turn in which a tool is called.

The floor of a chunk is the bare reply.  The floor of a turn is the same by hand: a reply, the call of the tool, and
a second reply that is told its result, without a task, limits or a channel of their own.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import trio

from lionpride_trio import Session, ToolResult, sinks
from lionpride_trio._transport import Client, open_client
from lionpride_trio.tools import Toolbox, tool

from ._canned import CannedSocket, our_model
from ._measure import Entry, Options, compare
from ._report import Report, Target
from ._streams import openai_chat, pieces
from .pipeline import in_trio

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
QUESTION = {"role": "user", "content": "Is it foggy?"}
CONVERSE = "lionpride_trio, converse()"
ASK = "lionpride_trio, session.ask()"


@tool
async def look(city: str) -> str:
    """Look out of the window."""
    return f"fog in {city}"


TOOLS = Toolbox([look])


def calling() -> bytes:
    """The stream of an answer that calls the tool."""
    call = {"index": 0, "id": "c0", "function": {"name": "look", "arguments": '{"city": "Oslo"}'}}
    deltas: list[tuple[Any, str | None]] = [({"tool_calls": [call]}, None), ({}, "tool_calls")]
    events = [
        {"choices": [{"index": 0, "delta": delta, "finish_reason": end}]} for delta, end in deltas
    ]
    lines = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    return b"".join([*lines, b"data: [DONE]\n\n"])


def client_of(*answers: Sequence[bytes]) -> Client:
    """A client whose connections give one answer each, in turn and again."""
    turns = itertools.cycle(answers)

    async def connect(_host: str, _port: int) -> CannedSocket:
        await trio.lowlevel.checkpoint()
        return CannedSocket([HEAD, *next(turns)], ends=True)

    return open_client(connect=connect)


async def replies(answers: Sequence[Sequence[bytes]], times: int) -> None:
    model = our_model(client_of(*answers))
    for _ in range(times):
        await sinks.drain(model.stream([QUESTION], tools=TOOLS))


async def by_hand(answers: Sequence[Sequence[bytes]], times: int) -> None:
    model = our_model(client_of(*answers))
    for _ in range(times):
        async with model.stream([QUESTION], tools=TOOLS) as reply:
            async for _chunk in reply:
                pass
        (call,) = reply.response.tool_calls
        output = await TOOLS.find(call.name).call(call.arguments)
        told = [QUESTION, reply.response.message, ToolResult(call.id, call.name, output)]
        await sinks.drain(model.stream(told, tools=TOOLS))


async def conversing(answers: Sequence[Sequence[bytes]], times: int) -> None:
    model = our_model(client_of(*answers))
    for _ in range(times):
        await sinks.drain(model.converse([QUESTION], tools=TOOLS))


async def asking(answers: Sequence[Sequence[bytes]], times: int) -> None:
    async with Session() as session:
        model = our_model(client_of(*answers))
        session.services.register(model)
        for number in range(times):
            await sinks.drain(session.ask(f"branch {number}", "?", imodel=model, tools=TOOLS))


def main(options: Options, report: Report) -> None:
    n = 4_000 if options.quick else 20_000
    said = [pieces(openai_chat(n))]
    chunks: dict[str, Entry] = {
        "floor: the bare reply": in_trio(replies, said, 1),
        CONVERSE: in_trio(conversing, said, 1),
        ASK: in_trio(asking, said, 1),
    }
    table = compare("a conversation, a chunk", chunks, items=n, options=options)
    report.add(
        table, Target("a chunk through converse", "<= 1.5 × the reply", table.ratio(CONVERSE))
    )

    times = 50 if options.quick else 200
    turn = [[calling()], [openai_chat(5)]]
    turns: dict[str, Entry] = {
        "floor: two replies and the tool, by hand": in_trio(by_hand, turn, times),
        CONVERSE: in_trio(conversing, turn, times),
        ASK: in_trio(asking, turn, times),
    }
    table = compare(
        "a conversation, a turn with a tool call",
        turns,
        items=times,
        options=options,
        unit="µs/turn",
    )
    report.add(table, Target("a turn with a tool call", "<= 1.5 × by hand", table.ratio(CONVERSE)))
