"""How fast sentences are found, and that no text makes it slow.

    python benchmarks/sentences/speed.py            # µs a token chunk, MB/s whole, peers beside it
    python benchmarks/sentences/speed.py --worst    # 25 hostile patterns at 1/4 and 1 MB

CPU time, the best of five runs.  Hard answers are all English answers of the score's sets, ordinary ones
those that are whole documents; a chunk has about 4 characters.  Growth is the time for 1 MB over that for 1/4 MB: about 4 is linear.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from peers import Naive, peers  # ruff: ignore[module-import-not-at-top-of-file] - found beside this file

from lionpride_trio.stages.sentences import SentenceSplitter  # ruff: ignore[module-import-not-at-top-of-file] - this checkout's

SHIPPED = ROOT / "tests/stages/sentences/data"
BESIDE = ROOT.parent / "shared/sentences"


ORDINARY = ("llm_docs_dev.jsonl",)
HARD = (*ORDINARY, "llm_dev.jsonl")


def sample(names: tuple[str, ...] = HARD) -> str:
    folder = BESIDE if BESIDE.exists() else SHIPPED
    answers = []
    for name in names:
        for line in (folder / name).read_text("utf-8").splitlines():
            case = json.loads(line)
            if case["lang"] == "en":
                answers.append("".join(case["pieces"]))
    return "\n\n".join(answers) + "\n\n"


def chunked(text: str) -> list[str]:
    """Pieces like a model's tokens: a space and some letters, 1 to 8 characters."""
    rng = random.Random(4)
    return [
        word[at : at + size]
        for word in re.findall(r"\s?[^\s]+|\s", text)
        for size in (rng.randint(3, 8),)
        for at in range(0, len(word), size)
    ]


def cpu(run: Callable[[], object], times: int = 5) -> float:
    best = 1e9
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def stream(make: Callable[[], object], chunks: list[str]) -> int:
    machine = make()
    feed = machine.feed
    count = 0
    for chunk in chunks:
        count += len(feed(chunk))
    return count + len(machine.flush())


def patterns() -> dict[str, str]:
    """25 texts that make careless splitters slow: each is repeated to the size."""
    return {
        "letters": "a",
        "words": "word ",
        "spaces": " ",
        "newlines": "\n",
        "tabs and newlines": "\t\n",
        "dots": ".",
        "spaced dots": ". ",
        "ellipses": "… ",
        "questions": "?!",
        "digits": "7",
        "decimals": "3.14 ",
        "initials": "J. ",
        "titles": "Mr. ",
        "dotted letters": "a.b.",
        "closers": '."',
        "quotes": '"',
        "open brackets": "(",
        "closing brackets": ")",
        "back-ticks": "`",
        "code that ends": "`a. B` ",
        "fences": "```\n",
        "markers": "1. ",
        "lettered markers": "a) b) ",
        "CJK stops": "。」",
        "bullets": "• ",
    }


def worst(size: int) -> None:
    print(f"{'pattern':20} {'how':8} {'1/4 MB s':>9} {'1 MB s':>8} {'growth':>7}")
    slowest = steepest = 0.0
    for name, unit in patterns().items():
        for how, step in (("by char", 1), ("whole", 0)):
            seconds = []
            for n in (size // 4, size):
                text = (unit * (n // len(unit) + 1))[:n]
                chunks = list(text) if step else [text]
                seconds.append(cpu(partial(stream, SentenceSplitter, chunks), 1))
            growth = seconds[1] / max(seconds[0], 1e-4)
            slowest, steepest = max(slowest, seconds[1]), max(steepest, growth)
            print(f"{name:20} {how:8} {seconds[0]:9.3f} {seconds[1]:8.3f} {growth:7.1f}")
    print(f"slowest {slowest:.2f} s, steepest growth {steepest:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--worst", action="store_true")
    parser.add_argument("--size", type=int, default=1_000_000)
    options = parser.parse_args()
    if options.worst:
        worst(options.size)
        return
    for kind, names in (("hard answers", HARD), ("ordinary answers", ORDINARY)):
        text = sample(names)
        text *= 140_000 // len(text)
        chunks = chunked(text)
        naive = cpu(partial(stream, Naive, chunks))
        ours = cpu(partial(stream, SentenceSplitter, chunks))
        print(f"{kind}: {len(text):,} characters, {len(chunks):,} chunks")
        for name, seconds, make in (
            ("ours", ours, SentenceSplitter),
            ("naive regex", naive, Naive),
        ):
            whole = cpu(partial(stream, make, [text]))
            print(
                f"{name:14} {seconds / len(chunks) * 1e6:8.2f} µs a chunk  "
                f"{seconds / naive:5.2f} x naive  {len(text) / whole / 1e6:8.2f} MB/s whole"
            )
    small = sample()
    for name, split in peers().items():
        seconds = cpu(partial(split, small, "en"), 1)
        print(f"{name:14} {len(small) / seconds / 1e6:8.3f} MB/s whole, {len(small):,} characters")


if __name__ == "__main__":
    main()
