"""The laws of providers: what a body means, cut anywhere, and what a body that was cut off means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import attrs
import hypothesis
from hypothesis import strategies as st

from ..._chunks import Chunk
from ..._errors import LimitExceeded
from ..._response import Response, reassemble
from ...providers import Provider, StreamDecoder, get
from ..strategies._cutting import byte_cuts, one_by_one
from ..strategies.wires import wire_bodies, wire_of
from ._broken import LawBroken, for_all, shown

_BYTES_ONE_BY_ONE = 1500
_SMALL_EVENT = 4096


@attrs.frozen
class Reading:
    """The result of one way of feeding a body."""

    chunks: list[Chunk]
    response: Response
    failure: Exception | None
    ended: bool
    """The provider's end mark was seen before the body ended."""


def check_provider(
    provider: str | Provider,
    endpoint: str | None = None,
    *,
    bodies: st.SearchStrategy[tuple[Response, bytes]] | None = None,
    end_mark: bool | None = None,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that a provider's streams are read as they are meant::

        def test_my_provider():
            check_provider(MyProvider(), bodies=my_bodies())

    *bodies* is a strategy of pairs: the response that is meant, and a body that means it; by
    default `wire_bodies`, for the wires that the kit knows and for a provider that has an
    ``encoder``.  *end_mark* says that the last event says that it is the last; an encoder knows, and
    of the kit's wires all but Gemini's have one.  The laws: a body means its response;
    however it is cut the same chunks come; what follows the end mark does not count; a body that
    was cut off is never taken for a whole one that says something else, and has told nothing that
    is not in the answer; streams at the same time do not mix; and an endless event is refused.

    :raises LawBroken: says which law, and on which body.
    """
    found = get(provider, endpoint) if isinstance(provider, str) else provider
    wanted = wire_bodies(found) if bodies is None else bodies
    marked = (
        (bodies is None and wire_of(found).fresh().has_end_mark) if end_mark is None else end_mark
    )

    def check(example: tuple[Response, bytes, list[bytes], int]) -> None:
        meant, body, pieces, cut = example
        whole = _read(found, [body])
        _check_meaning(meant, body, whole)
        _check_cutting(found, body, pieces, whole)
        _check_mixing(found, body, pieces, whole)
        if marked and not whole.ended:
            raise LawBroken(
                "the end is the end",
                f"{shown(body)} has its end mark, and the parser is not at its end (`ended`)",
            )
        if whole.ended:
            after = _read(found, [body, body])
            if after.chunks != whole.chunks or after.failure is not None:
                raise LawBroken(
                    "the end is the end",
                    f"{shown(body)}, followed by itself, was read as {shown(after.response)}"
                    f" (failure: {after.failure!r}): nothing after the end mark counts",
                )
        _check_cut_off(found, body, cut, meant)

    for_all(wanted.flatmap(_with_cuts), check, settings)
    _check_endless(found)


@st.composite
def _with_cuts(
    draw: st.DrawFn, pair: tuple[Response, bytes]
) -> tuple[Response, bytes, list[bytes], int]:
    meant, body = pair
    # Cutting off at the end of a line is the cut that looks most like an end.
    ends = [n + 1 for n, byte in enumerate(body) if byte == 10 and n + 1 < len(body)]
    anywhere = st.integers(0, max(0, len(body) - 1))
    cut = draw(st.one_of(anywhere, st.sampled_from(ends)) if ends else anywhere)
    return meant, body, draw(byte_cuts(body)), cut


def _read(provider: Provider, pieces: Iterable[bytes]) -> Reading:
    decoder = StreamDecoder(provider)
    chunks: list[Chunk] = []
    for piece in pieces:
        chunks += decoder.feed(piece)
    ended = decoder.ended
    chunks += decoder.flush()
    return Reading(chunks, reassemble(chunks), decoder.failure, ended)


def _check_meaning(meant: Response, body: bytes, whole: Reading) -> None:
    if whole.failure is not None:
        raise LawBroken(
            "wire", f"{shown(body)} is a whole answer, and reading it failed: {whole.failure!r}"
        )
    difference = _difference(meant, whole.response)
    if difference:
        raise LawBroken("wire", f"{shown(body)} was read wrongly: {difference}")


def _itself(value: Any) -> Any:
    return value


def _difference(meant: Response, got: Response) -> str:
    """The first field in which two responses differ."""
    for field in attrs.fields(Response):
        if not field.eq:
            continue
        expected: Any = getattr(meant, field.name)
        actual: Any = getattr(got, field.name)
        key: Any = getattr(field, "eq_key", None) or _itself
        if key(expected) != key(actual):
            return f"{field.name} should be {shown(expected)}, and is {shown(actual)}"
    return ""


def _check_cutting(
    provider: Provider, body: bytes, pieces: Sequence[bytes], whole: Reading
) -> None:
    ways = [pieces]
    if len(body) <= _BYTES_ONE_BY_ONE:
        ways.append(one_by_one(body))
    for way in ways:
        cut = _read(provider, way)
        if cut.chunks != whole.chunks or repr(cut.failure) != repr(whole.failure):
            difference = _difference(whole.response, cut.response) or (
                f"{len(whole.chunks)} chunks {shown(whole.chunks)} became {len(cut.chunks)}"
                f" {shown(cut.chunks)}, failure {cut.failure!r}"
            )
            raise LawBroken(
                "wire", f"{shown(body)} cut as {shown(way)} is read in another way: {difference}"
            )


def _check_mixing(provider: Provider, body: bytes, pieces: Sequence[bytes], whole: Reading) -> None:
    decoders = StreamDecoder(provider), StreamDecoder(provider)
    made: tuple[list[Chunk], list[Chunk]] = ([], [])
    for piece in pieces:
        for decoder, chunks in zip(decoders, made, strict=True):
            chunks.extend(decoder.feed(piece))
    for decoder, chunks in zip(decoders, made, strict=True):
        chunks.extend(decoder.flush())
        if chunks != whole.chunks:
            difference = _difference(whole.response, reassemble(chunks))
            raise LawBroken(
                "fresh state",
                f"two streams of {shown(body)} at the same time are mixed: {difference}",
            )


def _check_cut_off(provider: Provider, body: bytes, cut: int, meant: Response) -> None:
    rest = _read(provider, [body[:cut]])
    where = f"{shown(body)} cut off after {cut} bytes, {shown(body[max(0, cut - 40) : cut])},"
    if rest.failure is None:
        # Bodies without an end mark are whole before their last bytes, which may tell of usage, and
        # nobody can miss an alternative that has not begun.
        got = attrs.evolve(rest.response, usage=meant.usage)
        begun = len(got.texts)
        due = attrs.evolve(meant, texts=meant.texts[:begun], verdicts=meant.verdicts[:begun])
        difference = _difference(due, got)
        if difference:
            raise LawBroken(
                "cut is not whole", f"{where} was taken for a whole answer: {difference}"
            )
    for index, text in enumerate(rest.response.texts):
        # Half of a character that was cut in two is shown as U+FFFD.
        said = text.removesuffix("\ufffd")
        if not (meant.texts[index] if index < len(meant.texts) else "").startswith(said):
            raise LawBroken("cut is not whole", f"{where} told what is not in the answer: {text!r}")


def _check_endless(provider: Provider) -> None:
    decoder = StreamDecoder(provider, max_event_bytes=_SMALL_EVENT)
    decoder.feed(b'data: {"a": "' if provider.framing == "sse" else b'{"a": "')
    for _ in range(8):
        decoder.feed(b"x" * (_SMALL_EVENT // 4))
    if not isinstance(decoder.failure, LimitExceeded):
        raise LawBroken(
            "bounded", f"an event that does not end was not refused, but: {decoder.failure!r}"
        )
