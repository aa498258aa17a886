"""Deciding about candidates: which are plainly none, which plainly end a sentence, and the rules.

Plan: `_run` goes from candidate to candidate.  It passes over the dots within words and numbers, ends
paragraphs at blank lines, and asks for everything else the rule of the character (`_decide`).  A rule that
reads past the end of the window raises `NeedMore`, and `_run` ends there.

What must hold:

1. What `_run` decides without a rule holds whatever comes after the two characters that it has seen.
   It would else depend on the cuts, which decide how much is there.
2. ``cur.position`` is written back before anything is asked: rules and `_give` read it there, and the
   local copy is for the search.
3. After a piece was given, ``limit`` is counted anew: it is measured from the sentence's start, and the window
   may have been cut back (``cur.gone``).

Quick judgements by the neighbours of a mark (`_is_plain`, `_is_initial`, `_is_nothing`) say what the rules
would, at a quarter of the cost.  They bring a text in one piece from 3.7 to 3.0 ms a novel's chapter of 100 KB,
and nothing where it comes in tokens: there the mark is mostly the last character and has no neighbour yet.
"""

from __future__ import annotations

from typing import Final

from . import _emoji as emoji
from ._abbreviations import CAPITALS, is_ordinary_word
from ._blocks import Blocks
from ._caseless_marks import decide_full
from ._chars import CLOSERS, FULL, SPACES
from ._closers import MOUTHS, NOSES
from ._cursor import Cursor, NeedMore
from ._end_marks import decide_mark
from ._forced_cuts import CLAUSE_MARKS, cut_within, decide_clause
from ._line_breaks import is_whole
from ._markers import decide_bullet, decide_marker
from ._pieces import Sentence
from ._scripts import decide_scripted
from ._tags import decide_tag

_RULES: Final = {
    **dict.fromkeys(".!?…‼⁇⁈⁉؟", decide_mark),
    **dict.fromkeys(FULL, decide_full),
    **dict.fromkeys(":;։", decide_scripted),
    **dict.fromkeys("•⁃", decide_bullet),
    ")": emoji.decide_bracket,
    "<": decide_tag,
}

ATTACHED: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
"""After a dot, these make it part of a word or a number."""
_FACE: Final = frozenset(NOSES + MOUTHS)
"""After a colon and white space, these may make it an emoticon."""
_TAGS: Final = frozenset("/3abdhloprstuABDHLOPRSTU")
"""After an angle bracket, these may make it a tag or an emoticon."""
_COUNTING: Final = frozenset("0123456789ivx")
"""Characters that lists are counted with, beside single letters."""
AT_ONCE: Final = frozenset("\n:;)•⁃")
"""Candidates whose rule may need nothing after them."""
CLOSING: Final = ".!?…" + "".join(CLOSERS)
"""Characters that belong to the mark before them."""
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
        while True:
            # Only a mark before the limit may still end the sentence.
            found = self._search(text, position, min(end, limit))
            if found is None:
                cur.position = position
                if end <= limit:
                    break
                if self._max_chars is None:
                    return self._fail(self._too_long("a sentence"), out)
                self._give(out, cut_within(cur, limit), complete=False)
                position = cur.position
                limit = cur.start + self._limit
                continue
            at = found.start()
            c = text[at]
            if at + 1 < end:
                y = text[at + 1]
                if c == ".":
                    if y in ATTACHED or y == "\n":
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
                            elif self._is_initial(cur, at):
                                position = at + 1
                                continue
                        elif at + 2 < end and self._is_plain(cur, at):
                            self._give(out, min(at + 2, limit), complete=True)
                            position = cur.position
                            limit = cur.start + self._limit
                            continue
                elif c == "\n":
                    if y == "\n" and not self._fence and cur.line_starts_plain():
                        self._blank(cur, at, out, limit)
                        position = cur.position
                        limit = cur.start + self._limit - cur.gone
                        continue
                elif self._is_nothing(text, at, c, y):
                    position = at + 1
                    continue
            elif not final and (
                c not in AT_ONCE or (c == "\n" and not self._fence and cur.line_starts_plain())
            ):
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
        if final:
            self._last(out, end)
        else:
            self._held = cur.gone + end - cur.start
            if not self._waiting and cur.position < end:
                cur.position = end
        return out

    def _wait_for(self, c: str, after: str) -> None:
        """The rule for *c* needs more than *after*: say which characters decide nothing, if any."""
        if not after.strip(CLOSING):
            self._waited = 0
        elif c == "." and not after.strip(". "):
            self._waited = 0
            self._only = ". "

    def _is_plain(self, cur: Cursor, at: int) -> bool:
        """Whether the dot at *at* plainly ends a sentence: an ordinary word, a space, a capital.

        The rules would say so, too: this is most of the full stops there are, at a quarter of the
        cost.
        """
        text = cur.text
        after = text[at + 2]
        if after in '"(“' and at + 3 < len(text):
            after = text[at + 3]
        return (
            after in CAPITALS
            and not self._fence
            and is_ordinary_word(text, cur.start, at, self._tables)
            and cur.line_starts_plain()
            and not cur.in_code(at)
        )

    def _is_initial(self, cur: Cursor, at: int) -> bool:
        """Whether the dot at *at*, behind a capital, is plainly that of one of several initials."""
        text = cur.text
        if text[at + 3] != "." or not "A" <= text[at + 2] <= "Z" or cur.marker:
            return False
        if at - cur.start < 6 or not "A" <= text[at - 4] <= "Z":
            return False
        head = cur.head(at)
        # but "A. One. B. Two." is a list
        if len(head) < 6 or not head[0].isalpha():
            return False
        return head[1] not in ".)" or ord(text[at - 1]) != ord(head[0]) + 1

    def _is_nothing(self, text: str, at: int, c: str, y: str) -> bool:
        """Whether *c* at *at*, with *y* after it, is plainly no candidate, by its neighbours."""
        if c in "!?":
            return y == "\n"
        if c in ":;":
            before = text[at - 1]
            if "\u0370" <= before <= "\u1fff" or (before in SPACES and y in _FACE):
                return False
            return not self._by_clause
        if c == "<":
            return y not in _TAGS
        if c != ")":
            return False
        before = text[at - 1]
        if not before.isalnum():
            return before != "="
        if "а" <= before <= "ї":
            return y not in " )"
        return at - 2 >= self._cursor.start and text[at - 2].isalpha() and before not in "ivx"

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
        if cur.first(i) >= k:
            return True
        if not cur.in_code(i) or "`" in cur.text[i:k]:
            return False
        if cur.closes_code(i):
            return True
        cur.not_code()
        return False
