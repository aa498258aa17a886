"""Answers, checked by their head; and those that are read as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import attrs
import trio

from .._errors import (
    LimitExceeded,
    LionprideError,
    NotAStream,
    RedirectRefused,
    StreamError,
    StreamTimeout,
    StreamTruncated,
    TransportError,
)
from .._response import Response, reassemble
from .._safe_text import shorten
from .._transport import Exchange
from ..providers import Provider, StreamDecoder
from ..providers._call_ids import IdsOfAnswer
from ..providers._parsing import DONE, tells_of_failure
from ..wire._event_reader import BOM
from ..wire._json import loads, loads_fast
from ._settings import Bounds


async def check_status(
    exchange: Exchange, provider: Provider, *, bounds: Bounds, patience: float
) -> None:
    """Raise if the status is none of success, with what the error document says.

    The document is read for *patience* seconds; then what has come must do.

    :raises RedirectRefused: the server points elsewhere.
    :raises ProviderError: any other status.
    """
    status = exchange.status
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        place = exchange.headers.get("location", "")
        where = repr(shorten(place, 200)) if place else "another place, which it does not name"
        raise RedirectRefused(
            f"the provider answered {status} and points to {where}; a prompt and a key never"
            " follow: write the right address as base_url="
        )
    pieces: list[bytes] = []
    # Whatever ends the reading: the status has told more than the connection can.
    await _read_start(exchange, pieces, bounds, patience)
    document = _decoded(b"".join(pieces)[: bounds.max_error_bytes])
    raise provider.parse_error(status, exchange.headers, document or f"HTTP status {status}")


async def check_is_stream(
    exchange: Exchange, provider: Provider, *, bounds: Bounds, patience: float
) -> bytes:
    """Raise if a 2xx answer is no event stream: 204, HTML, or a JSON document.

    The first bytes decide where the media type says that it is none: some servers and proxies
    label their streams so.  Returns what was read for that.

    :raises NotAStream: it is none.
    :raises ProviderError: it is a document that tells of a failure.
    :raises TransportError: what it is was not seen: the connection failed, or nothing came in time.
    """
    if exchange.status == 204:
        raise NotAStream("the provider answered 204, no content")
    media = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media not in _NO_STREAM or (media != "text/html" and provider.framing != "sse"):
        return b""
    begins = begins_events if provider.framing == "sse" else begins_lines
    pieces: list[bytes] = []
    failure = await _read_start(exchange, pieces, bounds, patience, begins)
    start = b"".join(pieces)
    if begins(start):
        return start
    exchange.understood = False  # whatever it is, it is not what was asked for
    document = _decoded(start[: bounds.max_error_bytes])
    if tells_of_failure(document):
        raise provider.parse_error(None, exchange.headers, document)
    if failure is not None:
        raise failure
    raise NotAStream(f"asked for a stream, got {media}: {_quoted(document)}")


async def read_json_answer(exchange: Exchange, provider: Provider, bounds: Bounds) -> Response:
    """Read an answer that is not streamed; return its response.

    Some servers stream whatever was asked for, and some write the end mark of a stream after
    their document; both are good answers.

    :raises StreamError: it is none.
    :raises ProviderError: it tells of a failure.
    """
    body = await _read_all(exchange, bounds.max_answer_bytes)
    value = _decoded(body)
    if isinstance(value, str) and value.endswith(_END_MARK):
        value = _decoded(value.removesuffix(_END_MARK).encode())
    if isinstance(value, str) and _is_stream(body, provider):
        response = _add_up(body, provider, bounds)
    elif tells_of_failure(value):
        raise provider.parse_error(None, exchange.headers, value)
    elif isinstance(value, dict):
        response = _parse_document(value, provider)
    else:
        raise NotAStream(f"the answer is no JSON object: {_quoted(value)}")
    exchange.understood = True
    return response


def _parse_document(document: Any, provider: Provider) -> Response:
    """Return the response that a JSON document is."""
    try:
        chunks, failure = provider.parse_body(document)
    except (TypeError, KeyError, AttributeError, IndexError, ValueError) as error:
        if isinstance(error, LionprideError):
            raise
        raise NotAStream("an answer of an unexpected shape") from error
    response = reassemble(IdsOfAnswer().tell_apart(chunks))
    if failure is None and attrs.evolve(response, usage=None) == _NOTHING:
        failure = StreamTruncated("the answer says nothing, not even why it ended")
    if failure is not None:
        failure.partial = response
        raise failure
    return response


def _is_stream(body: bytes, provider: Provider) -> bool:
    """Whether a whole body is a stream."""
    if provider.framing == "sse":
        return begins_events(body[:_START_BYTES])
    first, end, _ = body.partition(b"\n")
    return bool(end) and isinstance(_decoded(first), dict)


def _add_up(body: bytes, provider: Provider, bounds: Bounds) -> Response:
    """Decode a stream that was read as a whole; return its response."""
    decoder = StreamDecoder(
        provider, max_event_bytes=bounds.max_event_bytes, max_blocks=bounds.max_blocks
    )
    response = reassemble([*decoder.feed(body), *decoder.flush()])
    if decoder.failure is not None:
        decoder.failure.partial = response
        raise decoder.failure
    return response


async def _read_all(exchange: Exchange, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        # One checkpoint for several reads that need not wait: an answer of megabytes has hundreds.
        piece = exchange.receive_nowait() if len(pieces) % READS_A_CHECKPOINT else None
        if piece is None:
            piece = await exchange.receive()
        if not piece:
            break
        size += len(piece)
        if size > limit:
            raise LimitExceeded(
                f"an answer is longer than max_answer_bytes={limit}",
                limit="max_answer_bytes",
                value=limit,
            )
        pieces.append(piece)
    return b"".join(pieces)


async def _read_start(
    exchange: Exchange,
    pieces: list[bytes],
    bounds: Bounds,
    patience: float,
    is_enough: Callable[[bytes], bool] = lambda _: False,
) -> LionprideError | None:
    """Read the start of a document into *pieces*; return what ended the reading before its time, if anything did.

    *is_enough* is asked, with the first bytes, whether to stop there.
    """
    try:
        with trio.move_on_after(patience):
            exchange.understood = await _collect(
                exchange, pieces, bounds.max_error_bytes, is_enough
            )
            return None
    except (TransportError, StreamError) as error:
        return error
    return StreamTimeout(f"the answer was not there within {patience:g} s", clock="byte_idle")


async def _collect(
    exchange: Exchange, pieces: list[bytes], limit: int, is_enough: Callable[[bytes], bool]
) -> bool:
    """Read the body into *pieces*, up to *limit* bytes; return whether that was all of it."""
    size = 0
    start = b""
    while size < limit:
        piece = await exchange.receive()
        if not piece:
            return True
        pieces.append(piece)
        size += len(piece)
        if len(start) < _START_BYTES:
            start += piece[:_START_BYTES]
            if is_enough(start):
                return False
    return False


_NO_STREAM: Final = frozenset(["text/html", "application/json", "application/problem+json"])
_START_BYTES: Final = 64
"""The first bytes of a body, by which its kind is told."""
_FIELDS: Final = (b"data:", b"event:", b"id:", b"retry:", b":")


def begins_events(start: bytes) -> bool:
    """Whether a body that begins with *start* is an event stream."""
    return start.removeprefix(BOM).lstrip().startswith(_FIELDS)


def begins_lines(start: bytes) -> bool:
    """Whether a body that begins with *start* is lines of JSON."""
    return start.removeprefix(BOM).lstrip().startswith(b"{")


READS_A_CHECKPOINT: Final = 16
_NOTHING = Response()
_END_MARK: Final = f"data: {DONE}"


def _decoded(body: bytes) -> Any:
    """Decode *body*: return the JSON document, or the text where it is none."""
    try:
        return loads_fast(
            body.removeprefix(BOM)
        )  # of bytes: a text of 4 MB and back is a third of all
    except ValueError:
        text = body.decode("utf-8-sig", "replace").strip()
    try:
        return loads(text)
    except LionprideError:
        return text


def _quoted(document: Any) -> str:
    """Quote the start of *document* for the text of an error."""
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return repr(shorten(text, 200))
