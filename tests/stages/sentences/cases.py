"""Cases with marked boundaries: reading them, and judging a splitter by them.

In a file of JSON lines, ``pieces`` are a text cut at every place of interest, and ``joins`` has a
letter for each join: B a required boundary, O an optional one, and of neighbouring A's one has to
be hit.  Every other cut is wrong.  White space does not count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lionpride_trio.stages.sentences import Sentence, SentenceSplitter

DATA = Path(__file__).parent / "data"
BESIDE = Path(__file__).parents[4] / "shared" / "sentences"

Case = dict[str, Any]


def split(text: str, **options: Any) -> list[Sentence]:
    """The sentences of a whole text."""
    splitter = SentenceSplitter(**options)
    return [*splitter.feed(text), *splitter.flush()]


def load(path: Path) -> list[Case]:
    """The cases of a file."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]


JOINS = {"¦": "B", "˅": "O", "‸": "A"}


def load_own(name: str = "own.txt") -> list[Case]:
    """The cases of a text file: language, a bar, and a text with its joins marked, see `JOINS`."""
    cases: list[Case] = []
    for number, line in enumerate((DATA / name).read_text("utf-8").splitlines(), 1):
        language, marked = line.split("|", 1)
        for escape, meant in (("\\n", "\n"), ("\\r", "\r"), ("\\u00a0", "\xa0")):
            marked = marked.replace(escape, meant)
        joins = "".join(JOINS.get(c, "") for c in marked)
        pieces = re.split(f"[{''.join(JOINS)}]", marked)
        cases.append({
            "id": f"{name}-{number}",
            "lang": language,
            "pieces": pieces,
            "joins": joins,
        })
    return cases


def solid(text: str) -> int:
    """How many characters are no white space."""
    return sum(not c.isspace() for c in text)


class Tally:
    """Counts over cases."""

    def __init__(self) -> None:
        self.hit = self.missed = self.wrong = self.passed = self.cases = 0

    def add(self, case: Case, pieces: Sequence[str]) -> tuple[list[str], list[str]]:
        """Count one case; say what was missed and where a cut is wrong."""
        text = "".join(case["pieces"])
        cuts: set[int] = set()
        at = 0
        for piece in pieces[:-1]:
            at += solid(piece)
            cuts.add(at)
        cuts -= {0, solid(text)}
        allowed: set[int] = set()
        groups: list[list[int]] = []
        at, previous = 0, ""
        for piece, letter in zip(case["pieces"], case["joins"], strict=False):
            at += solid(piece)
            allowed.add(at)
            if letter == "A" and previous == "A":
                groups[-1].append(at)
            elif letter in {"A", "B"}:
                groups.append([at])
            previous = letter
        missed = [group for group in groups if not any(a in cuts for a in group)]
        wrong = sorted(cuts - allowed)
        self.hit += len(groups) - len(missed)
        self.missed += len(missed)
        self.wrong += len(wrong)
        self.cases += 1
        self.passed += not missed and not wrong
        return [around(text, group[0]) for group in missed], [around(text, at) for at in wrong]

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.wrong) if self.hit + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def around(text: str, at: int) -> str:
    """The place after *at* solid characters, for a reader."""
    seen = 0
    for index, c in enumerate(text):
        if seen == at:
            return f"{text[max(0, index - 45) : index]}⏐{text[index : index + 30]}"
        seen += not c.isspace()
    return text[-45:]
