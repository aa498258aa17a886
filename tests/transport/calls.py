"""Answers that say whose they are, and callers that leave in every way.

Each question is a word of its own; whatever answers it repeats the word in each piece.  So a piece
of another call's answer shows itself, wherever it comes out.
"""

import gzip
import json
import zlib

import attrs
import httpx
import trio

from lionpride_trio import HTTPTransport, LionprideError, Verdict, iModel
from lionpride_trio.testing import Answer

FORGED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n%b"
PIECES = 4


def word_of(asked):
    """The question that a request asks."""
    return json.loads(asked.body)["messages"][-1]["content"]


def streamed(word):
    said = {"index": 0, "delta": {"content": word}}
    events = [{"choices": [said]}] * PIECES
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    data = b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events)
    return data + b"data: [DONE]\n\n"


def whole(word):
    message = {"role": "assistant", "content": word * PIECES}
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def forged(word):
    """An answer that nobody asked for."""
    body = streamed(word)
    return FORGED % (len(body), body)


def deflated(data):
    return zlib.compress(data)


KINDS = {  # how an answer differs from a good one; `fails` is the error of a call that reads it all
    "good": {},
    "gzip": {"encode": gzip.compress, "headers": [("content-encoding", "gzip")]},
    "deflate": {"encode": deflated, "headers": [("content-encoding", "deflate")]},
    "plain, said oddly": {"headers": [("content-encoding", "none")]},
    "an encoding that is not known": {
        "headers": [("content-encoding", "br")],
        "fails": "NotAStream",
    },
    "unknown encoding and status": {
        "headers": [("content-encoding", "zstd")],
        "status": 503,
        "fails": "Overloaded",
    },
    "gzip that is none": {"headers": [("content-encoding", "gzip")], "fails": "DecodeError"},
    "a place elsewhere": {
        "status": 302,
        "headers": [("location", "/x")],
        "fails": "RedirectRefused",
    },
    "another place elsewhere": {
        "status": 307,
        "headers": [("location", "http://other.example/")],
        "fails": "RedirectRefused",
    },
    "bad request": {"status": 400, "fails": "BadRequest"},
    "too many": {"status": 429, "headers": [("retry-after", "1")], "fails": "RateLimited"},
    "overloaded": {"status": 503, "fails": "Overloaded"},
    "no content": {"status": 204, "empty": True, "fails": "NotAStream"},
    "surplus": {"surplus": True},
    "surplus of one line": {"surplus": b"\r\n"},
    "a good answer that the server ends": {"headers": [("connection", "close")]},
    "cut": {"cut": 60, "then": "close", "fails": None},
    "reset": {"cut": 90, "then": "reset", "fails": None},
    "hints before": {"before": b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"},
    "continue twice before": {"before": b"HTTP/1.1 100 Continue\r\n\r\n" * 2},
    "text after the end mark": {"after": b"data: {}\n\n" * 40},
    "slow": {"pause": 1},
    "slow text after the end mark": {"after": b"data: {}\n\n" * 9, "pause": 1},
}


@attrs.frozen
class Scripted:
    """One answer, to whatever question comes."""

    kind: str
    framing: str = "chunked"
    one_packet: bool = True
    piece: int | None = None

    def __call__(self, asked):
        word = word_of(asked)
        how = {name: value for name, value in KINDS[self.kind].items() if name != "fails"}
        stream = json.loads(asked.body).get("stream", False)
        body = streamed(word) if stream else whole(word).encode()
        media = "text/event-stream" if stream else "application/json"
        if how.get("status", 200) >= 400:
            body = json.dumps({"error": {"message": word}}).encode()
            media = "application/json"
        after = how.pop("after", b"")
        body = b"" if how.pop("empty", False) else body + after * stream
        body = how.pop("encode", bytes)(body)
        surplus = how.pop("surplus", b"")
        if self.framing == "close":
            surplus = b""  # it would be body
        return Answer(
            body=body,
            framing="length" if how.get("status") == 204 else self.framing,
            one_packet=self.one_packet,
            piece=self.piece,
            surplus=forged("forged") if surplus is True else surplus,
            **{"media": media, **how},
        )


def by_question(answers):
    """A script for `FaultyServer` that answers each question in its own way."""
    return lambda asked: answers[word_of(asked)](asked)


class CancelAtStep(trio.abc.Instrument):
    """Cancels *scope* just before the step of number *at* of one task.

    A step that follows an answer's arrival is the turn of the loop in which it came: the task is
    to run already, reads what is there, and is cancelled at its next checkpoint.
    """

    def __init__(self, scope, task, at):
        self._scope, self._task, self._at = scope, task, at

    def before_task_step(self, task):
        if task is self._task:
            self._at -= 1
            if self._at == 0:
                self._scope.cancel()


@attrs.frozen
class Caller:
    """How one call is made, and left."""

    whole: bool = False
    leave_after: int | None = None
    cancel_at: int | None = None

    async def __call__(self, model, word):
        """Make the call; return the text, and the error or the verdict."""
        got = []
        with trio.CancelScope() as scope:
            task = trio.lowlevel.current_task()
            canceller = CancelAtStep(scope, task, self.cancel_at or -1)
            trio.lowlevel.add_instrument(canceller)
            error = None
            try:
                return await self._ask(model, word, got)
            except LionprideError as failure:
                error = failure
            finally:
                trio.lowlevel.remove_instrument(canceller)
            check_failure(error, word)
            return "".join(got), type(error).__name__
        return "".join(got), "cancelled"

    async def _ask(self, model, word, got):
        if self.whole:
            response = await model.complete(word)
            return response.text, response.verdict
        async with model.stream(word) as reply:
            async for chunk in reply:
                got.append(chunk.data)
                if self.leave_after is not None and len(got) > self.leave_after:
                    return "".join(got), "left"
        return "".join(got), reply.response.verdict


def check_failure(error, word):
    """It tells of the answer to *word*, and of no other."""
    assert "forged" not in str(error)
    assert error.partial is None or (word * PIECES).startswith(error.partial.text)
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        assert body["error"]["message"] == word


def check(answer, caller, word, outcome):
    """The bytes are the question's own, and all of them where nothing stood in the way."""
    text, how = outcome
    assert (word * PIECES).startswith(text), (word, outcome)
    fails = KINDS[answer.kind].get("fails", False)
    if how is Verdict.COMPLETE:
        assert not fails, (answer, outcome)
        assert text == word * PIECES, (answer, outcome)
    elif how == "cancelled":
        assert caller.cancel_at is not None, (answer, outcome)
    elif how == "left":
        assert caller.leave_after is not None, (answer, outcome)
    elif fails is not None:
        assert how == fails, (answer, outcome)


def open_httpx(*, ssl_context=None, **options):
    """A client of httpx's over our own connections."""
    return httpx.AsyncClient(transport=HTTPTransport(ssl_context=ssl_context), **options)


def model_of(server, client, **settings):
    settings.setdefault("retry", None)
    return iModel(
        "openai",
        "m",
        api_key="sk-0123456789",
        base_url=server.url("openai"),
        http_client=client,
        **settings,
    )
