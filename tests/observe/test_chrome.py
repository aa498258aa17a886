"""The trace for Perfetto: slices of a track lie within each other or apart, whatever the times."""

import json
from itertools import pairwise

from hypothesis import example, given, strategies as st

from lionpride_trio.observe._bars import Attempt, Bar
from lionpride_trio.observe._chrome import chrome_trace
from lionpride_trio.observe._rows import rows_of, span_of

STEP = st.floats(0, 10) | st.just(0.0)


def slices(bars):
    """The slices of each track as Perfetto takes them: names with begin and end in nanoseconds."""
    tracks = {}
    for event in json.loads(chrome_trace(rows_of(bars), span_of(bars, None)))["traceEvents"]:
        if event["ph"] == "X":
            begin, took = round(event["ts"] * 1000), round(event["dur"] * 1000)
            tracks.setdefault(event["tid"], []).append((event["name"], begin, begin + took))
    return tracks


@given(st.floats(0, 1e6), st.lists(STEP, min_size=9, max_size=9))
@example(0.0, [0.0] * 8 + [5.0])
@example(1000.3, [0.1, 0.2, 0.3] * 3)
def test_a_slice_lies_within_the_call_and_beside_its_neighbours(zero, steps):
    times = [zero]
    for step in steps:
        times.append(times[-1] + step)
    first, began, waited, sent, failed, again, answered, content, ended, last = times
    before = Bar("call", "b", None, "m", first, ended=last, outcome="ended")
    call = Bar(
        "call", "c", None, "n", began, ended=ended, outcome="ended",
        waits=[(began, waited)],
        attempts=[Attempt(sent, sent, failed, failed), Attempt(again, answered)],
        first_content=content,
    )  # fmt: skip
    (whole, *parts) = next(one for one in slices([before, call]).values() if one[0][0] == "n")
    assert [name for name, _, _ in parts] == ["waits", "asks (1)", "asks (2)", "answers"]
    for _, begin, end in parts:
        assert whole[1] <= begin <= end <= whole[2]
    for (_, _, end), (_, following, _) in pairwise(parts):
        assert end <= following
