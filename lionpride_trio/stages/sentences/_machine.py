"""Deciding about candidates: which are plainly none, which plainly end a sentence, and the rules.

Plan: `_run` goes from candidate to candidate.  It passes over the dots within words and numbers, ends
paragraphs at blank lines, and asks for everything else the rule of the character (`_decide`).  A rule that
reads past the end of the window raises `NeedMore`, and `_run` ends there.

What must hold:

1. What `_run` decides without a rule holds whatever comes after the characters that it has seen.
   It would else depend on the cuts, which decide how much is there.
2. ``cur.position`` is written back before anything is asked: rules and `_give` read it there, and the
   local copy is for the search.
3. After a piece was given, ``limit`` is counted anew: it is measured from the sentence's start, and the window
   may have been cut back (``cur.gone``).

Where the neighbours of a candidate say all, `_plain` says what the rules would.
"""

from __future__ import annotations

from typing import Final

from . import _emoji as emoji
from ._block_lines import is_whole
from ._blocks import Blocks
from ._caseless_marks import decide_full
from ._chars import CLOSERS, FULL
from ._cursor import Cursor, NeedMore
from ._end_marks import decide_mark
from ._forced_cuts import CLAUSE_MARKS, cut_within, decide_clause
from ._markers import decide_bullet, decide_marker
from ._pieces import Sentence
from ._plain import (
    BEHIND,
    ITEMS,
    begins_item,
    is_initial,
    is_nothing,
    is_open,
    judge_attached,
    judge_dot,
)
from ._scripts import LAUGHTER, decide_laughter, decide_scripted
from ._tags import decide_tag

_RULES: Final = {
    **dict.fromkeys(".!?…‼⁇⁈⁉؟", decide_mark),
    **dict.fromkeys(FULL, decide_full),
    **dict.fromkeys(":;։", decide_scripted),
    **dict.fromkeys("•⁃", decide_bullet),
    **dict.fromkeys(LAUGHTER, decide_laughter),
    ")": emoji.decide_bracket,
    "<": decide_tag,
}

ATTACHED: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789\n")
"""After a dot, these make it part of a word or a number, or leave it to the line break."""
_COUNTING: Final = frozenset("0123456789ivx")
"""Characters that lists are counted with, beside single letters."""
AT_ONCE: Final = frozenset("\n:;)•⁃")
"""Candidates whose rule may need nothing after them."""
BULLETS: Final = frozenset("•⁃")
"""Their rule asks for nothing after them."""
CLOSING: Final = ".!?…" + "".join(CLOSERS)
"""Characters that belong to the mark before them."""
_GOING_ON: Final = CLOSING + "".join(FULL)
"""Behind a mark, these end nothing, but for the last of them."""
MOST_WAITED: Final = 32
"""After so many such chunks the rule is asked all the same."""


class Machine(Blocks):
    """Goes from candidate to candidate in the window until a rule needs more."""

    _waiting: bool  # a rule needs what comes next
    _waited: int  # how many chunks have been put aside behind the mark
    _only: str  # … and which characters may be put aside, if not any mark or closer
    _mark: int  # where in the sentence the mark is that was put aside; -1: none was
    _fresh: list[str]  # what has been put aside
    _held: int

    def _run(self, *, final: bool) -> list[Sentence]:
        """Decide what can be decided."""
        cur = self._cursor
        if self._fresh:
            cur.extend("".join(self._fresh))
            self._fresh.clear()
        out: list[Sentence] = []
        end = cur.finish() if final else len(cur.text)
        self._waiting = False
        self._waited = MOST_WAITED
        self._only = ""
        text, position = cur.text, cur.position
        if self._mark >= 0:
            position = cur.start - cur.gone + self._mark
            self._mark = -1
        limit = cur.start + self._limit - cur.gone
        search = self._search
        while position < end and (found := search(text, position, end)) is not None:
            at = found.start()
            if at >= limit:
                # Only a mark before the limit may still end the sentence.
                cur.position = position
                if not self._cut_before(at, out):
                    return out
                position = cur.position
                limit = cur.start + self._limit
            c = text[at]
            if at + 1 < end:
                y = text[at + 1]
                k = 0
                if c == ".":
                    if y in ATTACHED:
                        position = at + 1
                        continue
                    if y == " ":
                        if at - cur.line < 4 and cur.start == cur.line < at and not cur.gone:
                            if text[cur.line : at].isdecimal() and not self._fence:
                                position = at + 1  # the marker of an item
                                continue
                        elif (
                            "A" <= text[at - 1] <= "Z"
                            and at - 3 >= cur.start
                            and text[at - 3 : at - 1] == ". "
                        ):
                            if at + 3 >= end:
                                if not final:
                                    cur.position = position
                                    self._waiting = True
                                    break
                            elif is_initial(cur, at):
                                position = at + 1
                                continue
                        elif at + 3 == end and not final and is_open(text, at, self._tables):
                            cur.position = position
                            self._waiting = True
                            break
                        elif at + 2 < end:
                            k = judge_dot(cur, at, self._tables, self._fence)
                    elif y in BEHIND:
                        k = judge_attached(cur, at, self._tables, self._fence)
                elif c == "\n":
                    if not self._fence and (
                        cur.line_opens_no_code()
                        if y == "\n"
                        else y in ITEMS and begins_item(text, at) and cur.line_opens_no_code()
                    ):
                        self._end_line(cur, at, out, limit, blank=y == "\n")
                        position = cur.position
                        limit = cur.start + self._limit - cur.gone
                        continue
                elif c in "?!":
                    if y in BEHIND:
                        k = judge_attached(cur, at, self._tables, self._fence)
                    elif y == "\n":
                        position = at + 1
                        continue
                elif c in ":;<)" and is_nothing(cur, at, by_clause=self._by_clause):
                    position = at + 1
                    continue
                if k > 0:
                    self._give(out, min(k, limit), complete=True)
                    position = cur.position
                    limit = cur.start + self._limit
                    continue
                if k < 0:
                    position = at + 1
                    continue
            elif not final and (c not in AT_ONCE or (c == "\n" and self._line_needs_next(cur, at))):
                cur.position = position
                self._waiting = True  # the rule would find out, but more slowly
                if c != "\n":
                    self._waited = 0
                elif cur.first(at) == at:
                    self._waited = 0
                    self._only = "\n"
                break
            cur.position = position
            try:
                self._decide(cur, at, out, limit)
            except NeedMore:
                self._waiting = True
                if c != "\n":
                    self._wait_for(c, text[at + 1 :])
                break
            position = cur.position
            limit = cur.start + self._limit - cur.gone
        else:
            cur.position = position
            if end > limit and not self._cut_before(end - 1, out):
                return out
        if final:
            self._last(out, end)
        else:
            self._held = cur.gone + end - cur.start
            if not self._waiting and cur.position < end:
                cur.position = end
        return out

    def _cut_before(self, at: int, out: list[Sentence]) -> bool:
        """Cut the sentence at the limit until *at* is before it; false if that is an error."""
        cur = self._cursor
        limit = cur.start + self._limit - cur.gone
        while at >= limit:
            if self._max_chars is None:
                self._fail(self._too_long("a sentence"), out)
                return False
            self._give(out, cut_within(cur, limit), complete=False)
            limit = cur.start + self._limit
        return True

    def _wait_for(self, c: str, after: str) -> None:
        """The rule for *c* needs more than *after*: say which characters decide nothing, if any."""
        if not after.strip(_GOING_ON):
            self._waited = 0
        elif c == "." and not after.strip(". "):
            self._waited = 0
            self._only = ". "

    def _decide(self, cur: Cursor, i: int, out: list[Sentence], limit: int) -> None:
        """Act on the candidate at *i*.  Nothing has changed if this raises `NeedMore`."""
        text = cur.text
        c = text[i]
        if c == "\n":
            self._break(cur, i, out, limit)
            return
        if self._fence:
            cur.position = i + 1
            return
        verdict = ~(i + 1)
        if c == "." and i > cur.start and (text[i - 1] in _COUNTING or text[i - 2] in " \t"):
            verdict = decide_marker(cur, i, self._tables)
        if verdict < 0:
            rule = _RULES.get(c)
            if rule is not None:
                verdict = rule(cur, i, self._tables)
            elif c not in CLAUSE_MARKS:
                verdict = emoji.decide_emoji(cur, i, self._tables)
        if verdict < 0 and self._by_clause and c in CLAUSE_MARKS:
            verdict = decide_clause(cur, i)
        if verdict < 0:
            cur.position = ~verdict
            return
        if self._vetoed(cur, i, verdict):
            cur.position = i + 1
            return
        self._give(out, min(limit, verdict), complete=c not in CLAUSE_MARKS)
        if cur.position <= i:
            cur.position = i + 1

    def _vetoed(self, cur: Cursor, i: int, k: int) -> bool:
        """Whether a cut before *k*, for the mark at *i*, is in a place that is never cut."""
        if not cur.line_starts_plain():
            head = cur.line_head(i)
            if is_whole(head) or cur.is_indented(head):
                return True
        if not cur.in_code(i) or "`" in cur.text[i:k]:
            return False
        if cur.closes_code(i):
            return True
        cur.not_code()
        return False
