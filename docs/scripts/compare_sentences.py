"""What each splitter does with ten telling inputs: a table for docs/sentences.md.

    python docs/scripts/compare_sentences.py            # print the table
    python docs/scripts/compare_sentences.py --write    # put it into docs/sentences.md

Peers are compared if they are installed:
    pip install pysbd sentencex stream2sentence livekit-agents livekit-blingfire pipecat-ai blingfire pyicu
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "benchmarks/sentences"))

PAGE = ROOT / "docs/sentences.md"
BEGIN, END = "<!-- comparison: begin -->\n", "<!-- comparison: end -->\n"
NAMES = ("pysbd", "sentencex", "stream2sentence", "livekit", "pipecat", "blingfire", "ICU")

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


def table() -> str:
    """The comparison, in Markdown."""
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
    missing = [name for name in NAMES if name not in peers]
    if missing:
        lines += ["", f"Not installed where this was generated: {', '.join(missing)}."]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--write", action="store_true", help="put the table into docs/sentences.md")
    options = parser.parse_args()
    if not options.write:
        print(table())
        return
    page = PAGE.read_text("utf-8")
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", "utf-8")


if __name__ == "__main__":
    main()
