"""Events of a Responses answer, and what is read of them."""

from tests.providers.reading import read as read_stream

OPEN = {"id": "r", "model": "g", "status": "in_progress", "output": []}


BEGIN = {"type": "response.created", "response": OPEN}


def message(text, item_id="m", **fields):
    part = {"type": "output_text", "text": text, "annotations": fields.pop("annotations", [])}
    return {"id": item_id, "type": "message", "content": [part], **fields}


def call(item_id, call_id, name, arguments):
    return {
        "type": "function_call",
        "id": item_id,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def event(of, place=0, item_id=None, **fields):
    named = {} if item_id is None else {"item_id": item_id}
    return {"type": f"response.{of}", "output_index": place, **named, **fields}


def added(item, place=0):
    return event("output_item.added", place, item=item)


def done(item, place=0):
    return event("output_item.done", place, item=item)


def end(*output, status="completed", kind=None, **fields):
    response = {**OPEN, "status": status, "output": list(output), **fields}
    return {"type": f"response.{kind or status}", "response": response}


def read(*events):
    response, failure = read_stream("openai", BEGIN, *events, endpoint="responses")
    assert failure is None
    return response
