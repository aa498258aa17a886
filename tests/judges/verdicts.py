"""Verdicts on readings: each beside what is right, in a few words."""

import json
import re

import attrs

from tests.judges.cases import Case

_MADE_ID = re.compile(r"[A-Za-z0-9_-]+")
"""An id that this library makes where the provider gave none."""


@attrs.frozen
class Right:
    """The meaning of a recorded or authored stream."""

    text: str
    calls: list
    fails: bool
    with_ids: bool = True


def is_right(case: Case, reading):
    """Whether *reading*, of this library, is what *case* says is right."""
    if isinstance(case.right, str) and case.right.startswith("!"):
        return type(reading.error).__name__ == case.right[1:]
    return reading.error is None and _same(case, reading)


def _same(case, reading):
    match case.look:
        case "calls":
            return _same_calls(case.right, reading.calls)
        case "signatures":
            return case.right == {signature for _, signature in reading.thoughts}
        case look:
            return case.right == getattr(reading, look)


def _same_calls(right, calls, *, with_ids=True):
    """Whether two lists of calls have the same ids, names and values, however those are written."""

    def facts(call, right_id):
        call_id, name, arguments = call
        is_made = right_id is None and call_id and _MADE_ID.fullmatch(call_id)
        return (call_id if with_ids and not is_made else None), name, _value(arguments)

    return len(right) == len(calls) and all(
        facts(one, one[0]) == facts(other, one[0]) for one, other in zip(right, calls, strict=True)
    )


def _value(arguments):
    try:
        return json.loads(arguments or "{}")
    except ValueError:
        return arguments
    except TypeError:
        return ("no text", arguments)


def right_of(case: Case):
    """The right value of *case*, for the page."""
    if isinstance(case.right, str) and case.right.startswith("!"):
        return f"`{case.right[1:]}`"
    match case.look:
        case "text":
            return f"“{case.right}”"
        case "calls":
            return _calls(case.right)
        case "verdict":
            return f"verdict `{case.right}`"
        case "cached":
            return f"{case.right} tokens from the cache"
        case look:
            return f"{look} {', '.join(sorted(map(_thought, case.right)))}"


def _thought(one):
    return f"`{one}`" if isinstance(one, str) else f"“{one[0]}” `{one[1]}`"


def words_for_case(case: Case, reading):
    """Say in a few words how *reading*, of an SDK, gives the thing that *case* is about."""
    return _words_for_case(case, reading) + _helper(reading)


def _helper(reading):
    """Say that a helper raised, where the plain events are the reading."""
    error = reading.helper_error
    return f" (its helper: `{type(error).__name__}`)" if error else ""


def _words_for_case(case, reading):
    fails = isinstance(case.right, str) and case.right.startswith("!")
    if reading.failed:
        return f"event `{reading.failed}`"
    if reading.error is not None:
        after = f" after “{reading.text}”" if reading.text and not fails else ""
        return f"`{type(reading.error).__name__}`{after}"
    if fails:
        return f"no error, “{reading.text}”" if reading.text else "no error, no text"
    if case.look == "verdict":  # which is a word of this library's
        return f"reason `{reading.reason}`"
    if _same(case, reading):
        return "right"
    match case.look:
        case "text":
            return f"“{reading.text}”"
        case "calls":
            return _calls(reading.calls)
        case "cached":
            return "none told" if reading.cached is None else str(reading.cached)
        case _:
            return ", ".join(map(_thought, reading.thoughts)) or "none"


def _calls(calls):
    told = []
    for call_id, name, arguments in calls:
        written = arguments if isinstance(arguments, str) else f"object {json.dumps(arguments)}"
        written = f"{written[:50]}…" if len(written) > 50 else written
        told.append(f"`{name} {written}`" + (f" ({call_id})" if call_id else ""))
    return ", ".join(told) or "no call"


def words_for_stream(right: Right, reading):
    """Say how *reading* gives a stream: "right", or what is not."""
    told = []
    if reading.error is not None:
        told.append(f"`{type(reading.error).__name__}`")
    elif reading.failed:
        told.append(f"event `{reading.failed}`")
    elif right.fails:
        told.append("no error")
    if reading.text != right.text:
        told.append(_lost(right.text, reading.text))
    if not _same_calls(right.calls, reading.calls, with_ids=right.with_ids):
        if not (right.fails or reading.error):
            told.append(_calls(reading.calls))
        elif len(reading.calls) < len(right.calls):
            told.append(f"{len(reading.calls)} of {len(right.calls)} calls")
    return (", ".join(told) or "right") + _helper(reading)


def _lost(right, text):
    if right and text == right * 2:
        return "its text twice"
    if len(text) < len(right):
        return f"{len(text)} of {len(right)} characters"
    return "other text"


def right_of_stream(right: Right):
    """Say what *right* is, for the page."""
    said = f"{len(right.text)} characters" if right.text else "no text"
    number = len(right.calls)
    calls = f", {number} call{'s' if number > 1 else ''}" if number else ""
    return f"{said}{calls}{', then an error' if right.fails else ''}"
