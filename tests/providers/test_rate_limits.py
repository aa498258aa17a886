"""Headers that tell of limits, as numbers."""

import pytest
from hypothesis import given, strategies as st

from lionpride_trio.observe import Quota, RateLimits
from lionpride_trio.providers import get
from lionpride_trio.providers._rate_limits import RATE_LIMIT_HEADERS, rate_limits_in


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1.0), ("6m0s", 360.0), ("2m59.56s", 179.56), ("20ms", 0.02), ("1h2m", 3720.0),
        ("7.66", 7.66), ("1d", 86400.0), ("soon", None), ("-1s", None),
    ],
)  # fmt: skip
def test_a_reset_is_a_duration(text, seconds):
    found = get("openai").rate_limits({
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "29000",
        "x-ratelimit-reset-tokens": text,
    })
    assert found == RateLimits(
        tokens=Quota(
            limit=30000,
            remaining=29000,
            reset_after=seconds if seconds is None else pytest.approx(seconds),
        )
    )


@pytest.mark.parametrize(
    ("date", "seconds"),
    [("Sun, 28 Nov 2027 20:00:00 GMT", 30.0), ("Sun, 28 Nov 2027 20:01:00 GMT", 0.0)],
)
def test_or_a_moment_by_the_servers_clock(date, seconds):
    found = get("anthropic").rate_limits({
        "anthropic-ratelimit-input-tokens-limit": "1",
        "anthropic-ratelimit-output-tokens-reset": "2027-11-28T20:00:30Z",
        "date": date,
    })
    assert found == RateLimits(
        input_tokens=Quota(limit=1), output_tokens=Quota(reset_after=seconds)
    )


def test_without_the_servers_clock_it_is_by_ours():
    found = get("anthropic").rate_limits({
        "anthropic-ratelimit-tokens-reset": "2027-11-28T20:00:30"
    })
    assert found.tokens.reset_after >= 0


def test_a_gateway_may_use_the_common_names():
    assert get("anthropic").rate_limits({"x-ratelimit-limit-requests": "5"}).requests.limit == 5


def test_where_no_header_tells_of_them_there_are_none():
    assert get("openai").rate_limits({"content-type": "text/html"}) is None
    assert get("openai").rate_limits({"x-ratelimit-limit-requests": "many"}) is None


@given(
    st.dictionaries(
        st.sampled_from([
            pattern.format(fact=fact, what=what)
            for pattern in RATE_LIMIT_HEADERS
            for fact in ("limit", "remaining", "reset")
            for what in ("requests", "tokens", "input-tokens", "output-tokens")
        ]),
        st.text(max_size=30) | st.from_regex(r"[0-9dhms.:TZ+-]{0,25}", fullmatch=True),
    )
)
def test_whatever_they_say_they_fail_nothing(headers):
    found = rate_limits_in(headers, RATE_LIMIT_HEADERS)
    assert found is None or isinstance(found, RateLimits)
