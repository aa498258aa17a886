"""How well, how surely and how early sentences are found: this library's splitter and others.

    python benchmarks/sentences/score.py                  # every set, ours and installed peers
    python benchmarks/sentences/score.py --errors llm     # what is wrong, per case
    python benchmarks/sentences/score.py --fuzz 100000    # lossless and invariant on hostile texts

The sets are read from ``--data`` (default: ../shared/sentences beside the checkout, and what the
tests ship).  A set is a file of JSON lines with ``pieces`` and ``joins``: B is a required boundary,
O an optional one, of neighbouring A's one has to be hit; everything else is wrong.  White space
does not count.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from peers import peers  # ruff: ignore[module-import-not-at-top-of-file] - found beside this file

from lionpride_trio.stages.sentences import SentenceSplitter  # ruff: ignore[module-import-not-at-top-of-file] - this checkout's
from tests.stages.sentences.cases import BESIDE, DATA, Tally, load, split  # ruff: ignore[module-import-not-at-top-of-file] - this checkout's

Split = Callable[[str, str], Sequence[str]]


def ours(text: str, language: str | None) -> list[str]:
    return [*split(text, language=language)]


def delays(cases: Sequence[dict], *, language: bool) -> list[int]:
    """Characters after each required sentence's end until it is out, fed one by one."""
    found = []
    for case in cases:
        text = "".join(case["pieces"])
        splitter = SentenceSplitter(language=case["lang"] if language else None)
        out_at, done = [], 0
        for n, c in enumerate(text, 1):
            for piece in splitter.feed(c):
                done += len(piece)
                out_at.append((done, n))
        out_at.append((len(text), len(text)))
        at = 0
        for piece, letter in zip(case["pieces"], case["joins"], strict=False):
            at += len(piece)
            if letter == "B":
                end = at - (len(piece) - len(piece.rstrip()))
                out = next(n for upto, n in out_at if upto >= end)
                found.append(out - end)
    return found


def sets(folder: Path) -> Iterator[tuple[str, list[dict]]]:
    for path in sorted(folder.glob("*.jsonl")):
        cases = load(path)
        if path.name.startswith("golden"):
            english = [c for c in cases if c["id"].startswith("golden-english")]
            yield "golden EN", english
            yield "golden all", cases
        elif path.name.startswith("corpora"):
            for name in dict.fromkeys(c["category"] for c in cases):
                yield name.split("-ud")[0], [c for c in cases if c["category"] == name]
        else:
            yield path.stem, cases


HOSTILE = [
    ".",
    ".",
    "!",
    "?",
    "…",
    "。",
    "！",
    "？",
    "।",
    "۔",
    "\n",
    "\n",
    "\n\n",
    "`",
    "```",
    "```",
    "~~~",
    "$$",
    '"',
    "'",
    "”",
    "»",
    "«",
    ")",
    "]",
    "}",
    "*",
    "**",
    "_",
    "#",
    "|",
    ">",
    "-",
    "1.",
    "2.",
    "10.",
    "a.",
    "b.",
    "1)",
    "2)",
    "•",
    "Mr.",
    "e.g.",
    "U.S.",
    "p.m.",
    "No.",
    "Fig.",
    "etc.",
    "z.",
    "B.",
    "A.",
    "I.",
    "J.",
    "The",
    "the",
    "World",
    "world",
    "iPhone",
    "3.5",
    "5",
    "12.",
    "[1]",
    "[2]",
    "「",
    "」",
    "『",
    "と",
    "は",
    "中",
    "文",
    "（",
    "）",
    "“",
    "”",
    "(",
    "[",
    "<",
    ">",
    "</b>",
    "<b>",
    "https://a.b/c?d=e",
    "foo.bar",
    "...",
    "....",
    ".",
    ".",
    ".",
    ":",
    ";",
    ",",
    "—",
    "–",
    "👍",
    "🎉",
    "\u200d",
    "\u0301",
    "\r\n",
    "\t",
    "\xa0",
    "\x00",
    "Ω;",
    "Ա:",
    "։",
    ";",
    "“",
    "Yahoo!",
    "“Stop!”",
    "Anna",
    "said",
    "Mr. Hale",
    "](https://a.b/c)",
    " [4]",
    "macOS",
    "npm",
    "Step",
    "hst.",
    "Carol I.",
    "母亲问",
    "他说",
    "这样的",
    "という",
    "J. オ",
    "पूछा",
    "\\[",
    "\\]",
    "the\n",
    " ",
    " ",
    " ",
    " ",
    "  ",
    "\n",
    "\n\n",
    "   ",
    "    " * 20,
    " " * 400,
    "x" * 500,
    "word " * 60,
    "." * 70,
    "`" * 30,
    '"' * 30,
    "``",
    "''",
    " `",
    "` ",
    "`code`",
    ":)",
    ":-)",
    "<3",
    "<br>",
    "<p>",
    "</p>",
    "===",
    "----",
    "    x = 1",
    "III.",
    "ii.",
    "Q1.",
    "네.",
    "가.",
    "Hauptstr.",
    "Inc.",
    "Investors",
    "are",
    "Aug.",
    "😂",
    "v2.0",
]


def fuzz(count: int, seed: int) -> int:
    """Count texts on which the splitter loses text or depends on the chunks."""
    rng = random.Random(seed)
    bad = 0
    for _ in range(count):
        text = "".join(
            rng.choice(HOSTILE) + rng.choice(("", "", " ", " ", "\n"))
            for _ in range(rng.randint(1, 40))
        )
        options: dict = {}
        if rng.random() < 0.3:
            options["language"] = rng.choice(["en", "de", "fr", "ja", "pl"])
        if rng.random() < 0.3:
            options["max_chars"] = rng.choice([1, 2, 5, 20, 80])
        if rng.random() < 0.2:
            options["first"] = "clause"
        if rng.random() < 0.3:
            options["code"] = "block"
        splitter = SentenceSplitter(**options)
        whole = described([*splitter.feed(text), *splitter.flush()])
        splitter = SentenceSplitter(**options)
        single = described([p for c in text for p in splitter.feed(c)] + [*splitter.flush()])
        splitter, cut, at = SentenceSplitter(**options), [], 0
        while at < len(text):
            n = rng.randint(1, 12)
            cut += splitter.feed(text[at : at + n])
            at += n
        cut = described([*cut, *splitter.flush()])
        if "".join(p[0] for p in whole) != text or whole != single or whole != cut:
            bad += 1
            print("BAD", options, ascii(text))
            for one, two in ((whole, single), (whole, cut)):
                print(next(((a, b) for a, b in zip(one, two, strict=False) if a != b), "same"))
            if bad >= 3:
                break
    return bad


def described(pieces: Sequence) -> list[tuple]:
    return [(str(p), p.kind, p.start, p.complete) for p in pieces]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=BESIDE if BESIDE.exists() else DATA)
    parser.add_argument("--errors", default="", help="show what is wrong in sets named like this")
    parser.add_argument("--language", action="store_true", help="tell ours the language")
    parser.add_argument("--only", action="store_true", help="no peers")
    parser.add_argument("--fuzz", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.fuzz:
        bad = fuzz(options.fuzz, options.seed)
        print(f"{options.fuzz} hostile texts, {bad} bad")
        sys.exit(bad > 0)

    found = list(sets(options.data))
    splitters: dict[str, Split] = {
        "ours": lambda text, lang: ours(text, lang if options.language else None)
    }
    if not options.only:
        splitters |= peers()
    print(f"{'set':16} {'splitter':16} {'passed':>9} {'F1':>6} {'prec.':>6} {'recall':>6}")
    for name, cases in found:
        for who, cut in splitters.items():
            tally = Tally()
            for case in cases:
                text = "".join(case["pieces"])
                missed, wrong = tally.add(case, cut(text, case["lang"]))
                if who == "ours" and options.errors and options.errors in name:
                    for what in missed:
                        print("   MISSED", case["id"], repr(what))
                    for what in wrong:
                        print("   WRONG ", case["id"], repr(what))
            print(
                f"{name:16} {who:16} {tally.passed:4}/{tally.cases:<4} {tally.f1:6.3f} "
                f"{tally.precision:6.3f} {tally.recall:6.3f}"
            )
    for name, cases in found:
        if "golden EN" not in name:
            late = sorted(delays(cases, language=options.language))
            if late:
                print(
                    f"delay {name:16} mean {statistics.mean(late):5.2f}  median "
                    f"{statistics.median(late):3}  p90 {late[int(len(late) * 0.9)]}"
                )


if __name__ == "__main__":
    main()
