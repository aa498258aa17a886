"""How well each splitter splits, and what it does with ten telling inputs: docs/sentences.md.

    python docs/scripts/compare_sentences.py            # print the table
    python docs/scripts/compare_sentences.py --write    # put it into docs/sentences.md

Peers are compared if they are installed:
    pip install pysbd sentencex stream2sentence livekit-agents livekit-blingfire pipecat-ai blingfire pyicu
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks/sentences"))

PAGE = ROOT / "docs/sentences.md"
BEGIN, END = "<!-- comparison: begin -->\n", "<!-- comparison: end -->\n"
STREAMED = 40
"""How many texts of a set are streamed, three times each: some of the peers are slow at it."""
LONGEST = 2_000
PACKAGES = {
    "pysbd": "pysbd",
    "sentencex": "sentencex",
    "stream2sentence": "stream2sentence",
    "livekit": "livekit-agents",
    "pipecat": "pipecat-ai",
    "blingfire": "blingfire",
    "ICU": "pyicu",
}
"""Splitter to the package that has it."""
NAMES = tuple(PACKAGES)

INPUTS = (
    "I live in the U.S. However, I work in the U.K. on Mon. and Tue. only.",
    "At 5 a.m. Mr. Smith left. He was back at 6 p.m. Mrs. Smith slept.",
    "Is it plan B? No. 5 is alive, e.g. in Fig. 2. We use vitamin C. It helps.",
    "“Stop!” Anna shouted. “Why?” The dog barked... Then it was quiet.",
    'Call `print("Hi. There.")` now. `foo()` is next.',
    "Steps:\n1. Open it. Wait.\n2. Close it\n\nDone",
    "## 1. Set-up. Part one\nRun it:\n```py\nx = 1. # Yes. No\n```\nOK",
    "iPhone sales rose 3.5 %.[1] See https://a.b/c?d=E!f. Done",
    "Am 3. Mai kam z. B. Dr. Weber. Er blieb ca. 2 Std. usw. Dann ging er.",
    "彼は「はい。」と言った。我们看《摔跤吧！爸爸》好吗？好。",
)


def shown(pieces: list[str]) -> str:
    """Pieces on one line, with a bar at each cut."""
    text = " ┃ ".join(piece.strip().replace("\n", "⏎") for piece in pieces if piece.strip())
    return text.replace("|", "\\|").replace("`", "ˋ").replace("<", "&lt;")


SETS = {
    "answers": ("llm_docs_dev.jsonl", "answers.txt"),
    "hard answers": ("llm_dev.jsonl", "answers_blind.txt", "second_blind.txt", "third_answers.txt"),
    "chat, voice": ("chat_blind.txt", "third_chat.txt"),
    "users' reports": ("reports.txt",),
}


def loaded(cases: Any, names: Sequence[str]) -> list[Any]:
    """The cases of some sets."""
    return [
        case
        for name in names
        for case in (
            cases.load_own(name) if name.endswith(".txt") else cases.load(cases.DATA / name)
        )
    ]


def cut_up(text: str) -> list[str]:
    """The text in chunks as models send them."""
    rng = random.Random(5)
    chunks, at = [], 0
    while at < len(text):
        size = rng.randint(1, 8)
        chunks.append(text[at : at + size])
        at += size
    return chunks


def delay(case: Any, timed: list[tuple[str, int]], solid: Callable[[str], int]) -> list[int]:
    """Characters between each sentence's end and the first moment at which all of it was out."""
    text = "".join(case["pieces"])
    out, done = [], 0
    for piece, count in timed:
        done += solid(piece)
        out.append((done, count))
    found, at = [], 0
    for piece, letter in zip(case["pieces"], case["joins"], strict=False):
        at += len(piece)
        if letter == "B":
            end = at - (len(piece) - len(piece.rstrip()))
            wanted = solid(text[:end])
            count = next((count for upto, count in out if upto >= wanted), len(text))
            found.append(max(count - end, 0))
    return found


def scores() -> str:
    """Accuracy, delay, loss and invariance of each splitter, in Markdown."""
    peers = importlib.import_module("peers")
    cases = importlib.import_module("tests.stages.sentences.cases")
    machine = importlib.import_module("lionpride_trio.stages.sentences").SentenceSplitter

    def ours(chunks: Sequence[str]) -> list[tuple[str, int]]:
        splitter = machine()
        return peers.fed(splitter.feed, splitter.flush)(chunks)

    splitters = {"this one": lambda text, _: cases.split(text)} | peers.peers()
    streams = {"this one": ours} | peers.STREAMS
    every = {name: loaded(cases, files) for name, files in SETS.items()}
    heading = " | ".join(f"F1, {name}" for name in every)
    lines = [
        f"| splitter | {heading} | nothing lost | same for any chunks | delay: mean, p90 |",
        f"|---|{'---|' * len(every)}---|---|---|",
    ]
    for name in [name for name in ("this one", "naive regex", *NAMES) if name in splitters]:
        split = splitters[name]
        row, lossless, count = [], 0, 0
        for found in every.values():
            tally = cases.Tally()
            for case in found:
                text = "".join(case["pieces"])
                pieces = list(split(text, case["lang"]))
                tally.add(case, pieces)
                lossless += "".join(pieces) == text
                count += 1
            row.append(f"{tally.f1:.3f}")
        row.append(f"{lossless * 100 // count} %")
        stream = streams.get(name)
        if stream is None:
            row += ["takes whole texts", "–"]
        else:
            same, late, texts = 0, [], 0
            for case in every["answers"][:STREAMED] + every["hard answers"][:STREAMED]:
                text = "".join(case["pieces"])[:LONGEST]
                single = stream(list(text))
                late += delay(case, single, cases.solid) if len(text) < LONGEST else []
                whole = [piece for piece, _ in stream([text])]
                chunked = [piece for piece, _ in stream(cut_up(text))]
                same += [piece for piece, _ in single] == whole == chunked
                texts += 1
            late.sort()
            row += [
                f"{same * 100 // texts} %",
                f"{statistics.mean(late):.1f}, {late[len(late) * 9 // 10]}",
            ]
        lines.append(f"| {name} | {' | '.join(row)} |")
    versions = ", ".join(
        f"{package} {importlib.metadata.version(package)}"
        for name, package in PACKAGES.items()
        if name in splitters
    )
    lines += ["", f"Measured with {versions}."]
    missing = [name for name in NAMES if name not in splitters]
    if missing:
        lines += ["", f"Not installed where this was generated: {', '.join(missing)}."]
    return "\n".join(lines) + "\n"


def table() -> str:
    """A table in Markdown of the pieces that each splitter makes of the inputs."""
    peers = importlib.import_module("peers").peers()
    cases = importlib.import_module("tests.stages.sentences.cases")
    splitters = {"this one": lambda text, _: cases.split(text)}
    splitters |= {name: peers[name] for name in NAMES if name in peers}
    lines = [
        "`┃` is a cut, `⏎` a line break; white space at the ends of pieces is left out.",
        "",
        "| input | splitter | sentences |",
        "|---|---|---|",
    ]
    for number, text in enumerate(INPUTS, 1):
        language = "de" if number == 9 else "ja" if number == 10 else "en"
        results: dict[str, list[str]] = {}
        for name, split in splitters.items():
            results.setdefault(shown(list(split(text, language))), []).append(name)
        for at, (result, names) in enumerate(results.items()):
            lines.append(f"| {'' if at else number} | {', '.join(names)} | {result} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/sentences.md")
    options = parser.parse_args()
    made = f"{scores()}\n{table()}"
    if not options.write:
        print(made)
        return
    page = PAGE.read_text("utf-8")
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
