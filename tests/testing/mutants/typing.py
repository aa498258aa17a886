"""Readers of typed answers with one mistake each, made from the one that has none."""

from __future__ import annotations

from functools import partial

from hypothesis import strategies as st

from lionpride_trio.stages import Partial, TypedElements, TypedOutput
from lionpride_trio.testing import check_elements, check_typed
from tests.testing.mutants.case import Case


class ForgetsAKey(TypedOutput):
    def feed(self, item, /):
        return [
            one if one.output is None else Partial(one.value, one.complete, one.output[:-1])
            for one in super().feed(item)
        ]


class LendsWhatItHas(TypedOutput):
    """Shows the very object that goes on growing."""

    def __init__(self, output):
        super().__init__(output)
        begin = self._begin

        def lending(seen):
            record = begin(seen)
            record.detach = lambda: None
            return record

        self._text._begin = lending
        self._begin = lending


class TellsTooMuch(TypedOutput):
    """Calls complete what only began."""

    def feed(self, item, /):
        given = []
        for one in super().feed(item):
            began = [f"[{n}]" for n in range(len(one.value))]
            given.append(Partial(one.value, {*one.complete, *began}, one.output))
        return given


class AlwaysHasOne(TypedOutput):
    """Has an output before the end."""

    def feed(self, item, /):
        return [
            Partial(one.value, one.complete, one.value if one.output is None else one.output)
            for one in super().feed(item)
        ]


class ShowsHalves(TypedOutput):
    """Shows the last element of a list before the one that stands there."""

    def feed(self, item, /):
        return [
            Partial(one.value[:-1] + ["?"], (), one.output)
            if one.output is None and one.value
            else one
            for one in super().feed(item)
        ]


class LosesOneOfAPiece(TypedElements):
    """Gives one element of a piece of text, though there may be two."""

    def feed(self, item, /):
        return super().feed(item)[:1]


TEXTS = st.lists(st.text("ab", min_size=1, max_size=4), min_size=1, max_size=3)
COME_BACK = partial(check_typed, list[str], TEXTS)
ELEMENTS = partial(check_elements, str, TEXTS)


def _reading(check):
    return lambda make, **options: check(make=make, **options)


CASES = [
    Case(wrong.__name__, _reading(COME_BACK), TypedOutput, wrong, law, drawn=True)
    for wrong, law in (
        (ForgetsAKey, "the answer comes back"),
        (LendsWhatItHas, "partials stay as they are|each partial is a prefix of the next"),
        (TellsTooMuch, "what is complete stays"),
        (AlwaysHasOne, "the last has the output"),
        (ShowsHalves, "each partial is a prefix of the next|partials stay as they are"),
    )
] + [
    Case(
        "loses one of a piece",
        _reading(ELEMENTS),
        TypedElements,
        LosesOneOfAPiece,
        "the elements are those of the list",
        drawn=True,
    )
]
