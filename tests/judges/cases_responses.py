"""The cases of Responses."""

import json

from tests.judges.cases import RESPONSES, Case, sse

OPEN = {
    "id": "r",
    "object": "response",
    "created_at": 0,
    "model": "g",
    "status": "in_progress",
    "output": [],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
}
CREATED = {"type": "response.created", "sequence_number": 0, "response": OPEN}


def message(text):
    part = {"type": "output_text", "text": text, "annotations": []}
    return {
        "id": "m1",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }


def last(*output, status="completed", kind=None, **more):
    response = {**OPEN, "status": status, "output": list(output), **more}
    return {"type": kind or f"response.{status}", "response": response}


def text(said):
    return {
        "type": "response.output_text.delta",
        "output_index": 0,
        "item_id": "m1",
        "content_index": 0,
        "delta": said,
    }


def added(place, item_id, call_id, name):
    item = {"id": item_id, "type": "function_call", "call_id": call_id, "name": name}
    return {
        "type": "response.output_item.added",
        "output_index": place,
        "item": {**item, "arguments": ""},
    }


OPENED = [
    {
        "type": "response.output_item.added",
        "output_index": 0,
        "item": {**message(""), "status": "in_progress", "content": []},
    },
    {
        "type": "response.content_part.added",
        "output_index": 0,
        "item_id": "m1",
        "content_index": 0,
        "part": {"type": "output_text", "text": "", "annotations": []},
    },
]


def more_arguments(place, item_id, said):
    return {
        "type": "response.function_call_arguments.delta",
        "output_index": place,
        "item_id": item_id,
        "delta": said,
    }


WHOLE_CALL = {
    "type": "function_call",
    "id": "x",
    "call_id": "c",
    "name": "f",
    "arguments": '{"a":1}',
}
DONE_ARGUMENTS = {
    "type": "response.function_call_arguments.done",
    "output_index": 0,
    "item_id": "x",
    "arguments": '{"a":1}',
}
DONE_TEXT = {
    "type": "response.output_text.done",
    "output_index": 0,
    "item_id": "m1",
    "content_index": 0,
    "text": "Hello",
}
COMPUTER = {"type": "computer_call", "call_id": "c", "action": {"type": "screenshot"}}
CUT = {"incomplete_details": {"reason": "max_output_tokens"}}
ONE_CALL = [("c", "f", '{"a":1}')]


def done(item):
    return {"type": "response.output_item.done", "output_index": 0, "item": item}


RESPONSES_CASES = {
    "r1": Case(
        "text in `response.completed` alone",
        "Hello",
        RESPONSES,
        sse(CREATED, last(message("Hello"))),
    ),
    "r2": Case(
        "a call in `response.completed` alone",
        ONE_CALL,
        RESPONSES,
        sse(CREATED, last(WHOLE_CALL)),
        "calls",
    ),
    "r3": Case(
        "arguments in `.done` alone",
        ONE_CALL,
        RESPONSES,
        sse(CREATED, added(0, "x", "c", "f"), DONE_ARGUMENTS, last()),
        "calls",
    ),
    "r4": Case(
        "text in `output_text.done` alone",
        "Hello",
        RESPONSES,
        sse(CREATED, *OPENED, DONE_TEXT, last()),
    ),
    "r5": Case(
        "two calls under one `output_index`",
        [("c1", "f", '{"a":1}'), ("c2", "g", '{"b":2}')],
        RESPONSES,
        sse(
            CREATED,
            added(0, "x1", "c1", "f"),
            more_arguments(0, "x1", '{"a":1}'),
            added(0, "x2", "c2", "g"),
            more_arguments(0, "x2", '{"b":2}'),
            last(),
        ),
        "calls",
    ),
    "r6": Case(
        "`response.completed` whose status is `incomplete`",
        "LENGTH",
        RESPONSES,
        sse(
            CREATED,
            *OPENED,
            text("Hi"),
            last(message("Hi"), status="incomplete", kind="response.completed", **CUT),
        ),
        "verdict",
    ),
    "r7": Case(
        "an error object without a type",
        "!ServerError",
        RESPONSES,
        sse({"error": {"message": "boom", "type": "server_error", "code": 500}}),
    ),
    "r8": Case(
        "an answer in the background",
        "PAUSED",
        RESPONSES,
        json.dumps({**OPEN, "status": "queued", "background": True, "error": None}).encode(),
        "verdict",
        "application/json",
        whole=True,
    ),
    "r9": Case(
        "a computer call, which waits for the client",
        "TOOL_USE",
        RESPONSES,
        sse(CREATED, done(COMPUTER), last()),
        "verdict",
    ),
    "r10": Case(
        "the id and name of a call in `output_item.done` alone",
        ONE_CALL,
        RESPONSES,
        sse(CREATED, more_arguments(0, "x", '{"a":1}'), done(WHOLE_CALL), last()),
        "calls",
    ),
}
