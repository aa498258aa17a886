"""One event of each kind, and what they are made of."""

import attrs

from lionpride_trio import Usage, Verdict
from lionpride_trio._observer._events import EVENTS
from lionpride_trio.observe import CallFacts, Edges, Event, Quota, RateLimits, Timings

LIMITS = RateLimits(requests=Quota(limit=3, remaining=2, reset_after=1.5))
VALUES = {
    "call_id": "a", "parent_id": None, "sequence": 0, "time": 1.5, "provider": "openai", "model": "m",
    "streamed": True, "reason": "slot", "seconds": 2.0, "attempt": 1, "server": "a.b", "port": 443,
    "status": 200, "request_id": "r", "rate_limits": LIMITS, "count": 2, "arrivals": ((1.0, 2),),
    "delay": 0.5, "error": ValueError, "slow": "server", "clock": "byte_idle", "limit": 30.0,
    "outcome": "ended", "verdict": Verdict.COMPLETE, "usage": Usage(output_tokens=3),
    "timings": Timings(chunks=2), "attempts": 1, "answered_by": "m-1", "tools": ("t",), "calls": 1,
    "tool": "t", "operation": "o", "name": "n", "operations": (Edges(id="o", name="n", after=(), reads=None),),
    "states": {"done": 1}, "chunks": 3, "stream": "s", "items": 4, "messages": (), "response": None,
}  # fmt: skip
SAMPLES = [
    kind(**{field.name: VALUES[field.name] for field in attrs.fields(kind)}) for kind in EVENTS
]
PIECES = [
    LIMITS,
    LIMITS.requests,
    VALUES["timings"],
    VALUES["operations"][0],
    CallFacts(timings=Timings(), rate_limits=LIMITS),
    Event(**{field.name: VALUES[field.name] for field in attrs.fields(Event)}),
]
