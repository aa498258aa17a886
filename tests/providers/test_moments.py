"""Dates in headers: whatever a server or a gateway writes there fails no answer."""

import math

import pytest
from hypothesis import given, strategies as st

from lionpride_trio.providers._delays import delay_in_headers
from lionpride_trio.providers._moments import http_date, iso_date, seconds_until
from lionpride_trio.providers._rate_limits import RATE_LIMIT_HEADERS, rate_limits_in

FAR = [
    "Mon, 01 Jan 99999999999999999999 00:00:00 GMT",
    "Mon, 01 Jan 99999 00:00:00 GMT",
    "Mon, 01 Jan 2024 00:00:00 +9999999999999999999999",
    "Mon, 01 Jan 2024 99999999999:00:00 GMT",
    "nan",
    "inf",
    "9" * 5000,
]
DATES = st.from_regex(
    r"(Mon, )?[0-9]{1,3}[ -]Jan[ -][0-9]{1,25} [0-9]{1,12}:[0-9]{1,3}(:[0-9]{1,3})? ([+-][0-9]{1,25}|GMT)?",
    fullmatch=True,
)
MOMENT = "Sun, 28 Nov 2027 20:00:30 GMT"


@pytest.mark.parametrize("text", FAR)
def test_what_no_calendar_has_is_no_date(text):
    assert http_date(text) is None
    assert iso_date(text) is None
    assert delay_in_headers({"retry-after": text}) is None


@given(DATES | st.sampled_from(FAR), DATES | st.sampled_from(FAR))
def test_whatever_dates_say_they_fail_nothing(one, other):
    delay = delay_in_headers({"retry-after": one, "date": other})
    assert delay is None or 0 <= delay < math.inf
    reset = RATE_LIMIT_HEADERS[0].format(fact="reset", what="tokens")
    limits = rate_limits_in({reset: "2027-11-28T20:00:30Z", "date": one}, RATE_LIMIT_HEADERS)
    assert 0 <= limits.tokens.reset_after < math.inf


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Sun, 28 Nov 2027 20:00:00 GMT", 30.0),
        ("Sun, 28 Nov 2027 19:59:00 -0000", 90.0),
        ("Sun, 28 Nov 2027 20:01:00 GMT", 0.0),
    ],
)
def test_a_delay_is_told_by_the_servers_clock(date, seconds):
    assert delay_in_headers({"retry-after": MOMENT, "date": date}) == seconds


@pytest.mark.parametrize("headers", [{}, {"date": FAR[0]}])
def test_without_it_ours_counts(headers):
    assert seconds_until(http_date("Sun, 28 Nov 2027 20:00:30 GMT"), headers) >= 0
    assert seconds_until(http_date("Thu, 28 Nov 2199 20:00:30 GMT"), headers) > 1e9
