"""Chat completions as servers write them, and what is read of them."""

import json

from lionpride_trio import Verdict, reassemble
from lionpride_trio.providers import StreamDecoder, get
from tests.providers.reading import calls as calls_of


def choice(delta=None, reason=None, **more):
    return {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": reason, **more}]}


def call(*calls):
    return choice({"tool_calls": list(calls)})


def function(name=None, arguments=None, **more):
    told = {"name": name, "arguments": arguments}
    return {**more, "function": {key: value for key, value in told.items() if value is not None}}


def read(*events, done=True):
    """The response, the failure, and the chunks."""
    decoder = StreamDecoder(get("openai_compatible"))
    raw = [b"data: %s\n\n" % json.dumps(event).encode() for event in events]
    chunks = decoder.feed(b"".join(raw) + (b"data: [DONE]\n\n" if done else b""))
    chunks += decoder.flush()
    return reassemble(chunks), decoder.failure, chunks


def text(*events, **how):
    response, failure, _ = read(*events, **how)
    assert failure is None
    return response.text


def calls(*events, reason="tool_calls"):
    response, failure, _ = read(*events, choice(reason=reason))
    assert failure is None
    assert response.verdict is Verdict.TOOL_USE
    return calls_of(response)


def whole(message, **more):
    answer = {"choices": [{"index": 0, "message": message, "finish_reason": "stop", **more}]}
    chunks, failure = get("openai_compatible").parse_body(answer)
    assert failure is None
    return reassemble(chunks)


GOOD_DAY = [choice({"content": "Good "}), choice({"content": "day."})]


def message(said, **more):
    return {"role": "assistant", "content": said, **more}


F, G = ("f", '{"a":1}'), ("g", '{"b":2}')
