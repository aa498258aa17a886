"""``python -m tests.fuzzing [--seconds N] [--seed N] [TARGET …]``, as ``make fuzz`` runs it.

Recorded streams and hostile pieces are mutated at random and fed to every target.  A finding is
printed with the seed that makes it again, and is the exit status.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from pathlib import Path

from .targets import TARGETS

STREAMS = Path(__file__).parents[1] / "providers" / "streams"

NASTY = (
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"\xff",
    b"\xf0\x9f",
    b"\x00",
    b"data: ",
    b"event: error\n",
    b"data: [DONE]\n\n",
    b'"\\ud83d"',
    b'"\\ude00"',
    b"null",
    b"{}",
    b"[]",
    b"-1e999",
    b"9" * 400,
    b"[" * 300,
    b'{"error":"x"}',
    b"<think>",
    b"</think>",
    b"```",
    b"Mr. A. ",
    b"e.g. ",
    b"...",
    b"\\",
    b'"',
    "。」".encode(),
    b"a@b",
    b"sk-abcd1234",
    b"END",
)


def corpus() -> list[bytes]:
    """Real streams, the shorter ones."""
    bodies = [
        path.read_bytes() for path in STREAMS.rglob("*") if path.suffix in {".sse", ".ndjson"}
    ]
    return sorted(body for body in bodies if len(body) < 20_000) or [b""]


def mutated(body: bytes, source: random.Random) -> bytes:
    """*body* with some of it cut out, doubled, swapped or replaced."""
    made = bytearray(body)
    for _ in range(source.randint(0, 8)):
        at = source.randint(0, len(made))
        match source.randint(0, 4):
            case 0:
                made[at:at] = source.choice(NASTY)
            case 1:
                del made[at : at + source.randint(1, 50)]
            case 2 if made:
                made[at % len(made)] = source.randrange(256)
            case 3:
                made[at:at] = made[at : at + source.randint(1, 300)]
            case _:
                made = made[: source.randint(0, len(made))]
    return bytes(made)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, help="run this one only")
    asked = parser.parse_args()
    targets = {name: TARGETS[name] for name in asked.targets or TARGETS}
    bodies = corpus()
    end = time.monotonic() + asked.seconds
    seed = random.randrange(2**32) if asked.seed is None else asked.seed
    runs = findings = 0
    while True:
        source = random.Random(seed)
        body = (
            mutated(source.choice(bodies), source)
            if source.random() < 0.8
            else b"".join(source.choices(NASTY, k=source.randint(0, 40)))
        )
        for name, target in targets.items():
            try:
                target(body, random.Random(seed))
            except Exception:
                findings += 1
                print(f"\n{name}: python -m tests.fuzzing --seed {seed} '{name}'", file=sys.stderr)
                traceback.print_exc(limit=-4)
        runs += 1
        if asked.seed is not None or time.monotonic() > end or findings > 9:
            break
        seed += 1
    print(f"{runs} inputs, {len(targets)} targets, {findings} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
