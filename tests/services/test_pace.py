"""Chunks and gaps, counted in little memory."""

import random

import pytest

from lionpride_trio.services._pace import KEPT_GAPS, Pace


def paced(gaps):
    pace = Pace()
    pace.waited(99.0)  # before the first chunks: no gap
    pace.came(1)
    for gap in gaps:
        pace.waited(gap)
        pace.came(2)
    return pace


def test_before_the_second_arrival_there_is_no_gap():
    pace = paced([])
    assert (pace.chunks, pace.longest, pace.p95) == (1, None, None)


@pytest.mark.parametrize(
    ("gaps", "p95"),
    [([1.0], 1.0), ([1.0, 2.0], 2.0), ([float(n) for n in range(100)], 94.0), ([3.0] * 19 + [9.0], 3.0)],
)  # fmt: skip
def test_p95_is_the_gap_that_95_of_100_do_not_exceed(gaps, p95):
    random.Random(0).shuffle(gaps)
    pace = paced(gaps)
    assert pace.p95 == p95
    assert pace.p95 == p95  # however often it is asked
    assert pace.longest == max(gaps)
    assert pace.chunks == 1 + 2 * len(gaps)


def test_waits_without_chunks_add_up():
    pace = paced([])
    for _ in range(3):
        pace.waited(2.0)
    pace.came(1)
    assert pace.longest == pytest.approx(6.0)


@pytest.mark.parametrize("asked", [False, True])
def test_of_a_long_reply_a_sample_is_kept(asked):
    drawn = random.Random(1)
    gaps = [drawn.random() for _ in range(50_000)]
    pace = paced([])
    for gap in gaps:
        pace.waited(gap)
        pace.came(1)
        if asked and drawn.random() < 0.001:
            assert pace.p95 is not None
    assert KEPT_GAPS / 2 <= len(pace._gaps) < KEPT_GAPS
    assert pace.longest == max(gaps)
    assert pace.p95 == pytest.approx(0.95, abs=0.02)
