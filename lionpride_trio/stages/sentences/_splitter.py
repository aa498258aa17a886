"""The machine: candidates in order, one verdict each.

Strategy: one compiled class of characters finds the *candidates*: marks, line breaks, brackets,
emoji.  For each, in order, the rule of its character says whether the text is cut there.  Nothing
else is looked at, so a chunk without a candidate costs one search and one append.

Goals, in this order: nothing is lost; the pieces do not depend on how the text was cut on its way;
each piece is given as soon as it is certain; a token costs about what a regular expression costs.

Plan: `feed` puts the chunk aside if no candidate is in it, or if its last character is one whose
rule must read on.  Otherwise `_run` adds to the window what was put aside and decides candidate
after candidate, until a rule reads past the end of the window, which raises `NeedMore`.  Then the
machine waits for the next chunk and asks that rule again, from its beginning.

Invariants, and what breaks without them:

*A decision is final before anything changes.*  A rule changes the cursor in its last step only,
after all that it reads is there.  A rule that changed something and then met the end would be asked
again with the change made: the pieces would depend on the cuts.

*Everything before ``position`` is decided, and nothing behind it.*  The search begins there.  If it
began later, a candidate would be lost at a cut; if earlier, one would be decided twice.

*The limit is acted upon when a character behind it is there*, since the stream might end at it.

*What is given is never looked at again.*  ``start`` is behind it, and rules look back no further;
but the line may have begun before it, which is why the cursor keeps the head of the line.

A verdict is one `int`: ``k >= 0`` means *cut before k*, and ``~k`` *no boundary; go on at k*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from .._checks import MAX_HOLD
from .._holding import Holding
from . import _emoji as emoji
from ._attached import MOUTHS, NOSES
from ._chars import CLOSERS, FULL, RUN, SPACES, STRONG
from ._cursor import Cursor, NeedMore
from ._limits import CLAUSE_MARKS, cut_within, decide_clause
from ._lines import closes_fence, decide_break, is_whole, kind_of, opens_fence
from ._markers import decide_bullet, decide_marker
from ._options import check_options
from ._pieces import Kind, Sentence
from ._scripts import decide_scripted
from ._stops import decide_mark
from ._tags import decide_tag
from ._wide import decide_full
from .tables import tables

_CANDIDATES: Final = "\n.!?…‼⁇⁈⁉。！？｡．।॥۔؟።፧፨။។៕։:;)•⁃✅✨<"
_EMOJI: Final = f"{emoji.FIRST}-{emoji.LAST}"
_SEARCH: Final = re.compile(f"[{re.escape(_CANDIDATES)}{_EMOJI}]").search
_SEARCH_CLAUSE: Final = re.compile(f"[{re.escape(_CANDIDATES + CLAUSE_MARKS)}{_EMOJI}]").search

_RULES: Final = {
    **dict.fromkeys(".!?…‼⁇⁈⁉؟", decide_mark),
    **dict.fromkeys(FULL, decide_full),
    **dict.fromkeys(":;։", decide_scripted),
    **dict.fromkeys("•⁃", decide_bullet),
    ")": decide_marker,
    "<": decide_tag,
}

_ATTACHED: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
"""After a dot, these make it part of a word or a number."""
_FACE: Final = frozenset(NOSES + MOUTHS)
"""After a colon and white space, these may make it an emoticon."""
_TAGS: Final = frozenset("/3abdhloprstuABDHLOPRSTU")
"""After an angle bracket, these may make it a tag or an emoticon."""

_COUNTING: Final = frozenset("0123456789ivx")
"""What a list may be counted with, but for single letters."""
_AT_ONCE: Final = frozenset("\n:;)•⁃")
"""Candidates whose rule may need nothing after them."""
_CLOSING: Final = ".!?…" + "".join(CLOSERS)
_ATTACHABLE: Final = _CLOSING + " \n"
"""Characters of which one more decides nothing about the mark before them."""
_CAPITALS: Final = frozenset("ABCDEFGHIKLMNOPQRSTUVWXYZ")
"""Without J, since *44 av. J.-C.* goes on."""
MOST_WAITED: Final = 12
"""After so many such chunks the rule is asked all the same."""

_BEHIND_LABEL: Final = frozenset(".)")
_ENDING: Final = 64
"""How much of the last piece is looked at for a mark that ends it."""

_new_piece: Final = str.__new__


class SentenceSplitter(Holding):
    """Text in, sentences out, each with the white space after it.

    *language* is a code such as ``"de"``; without it, all tables are used at once.  No piece is
    longer than *max_chars*.  ``first="clause"`` lets the first piece end at a comma after four
    words.  A fence comes line by line, or with ``code="block"`` as one piece.

    What is held back is the sentence that has not ended, and at most about 100 characters after
    it and what is attached to it.

    Laws: lossless, chunking-invariant, linear.

    :raises LimitExceeded: a sentence is longer than *max_hold*, and there is no *max_chars*.
    """

    def __init__(
        self,
        *,
        language: str | None = None,
        max_chars: int | None = None,
        first: Literal["clause"] | None = None,
        code: Literal["line", "block"] = "line",
        max_hold: int = MAX_HOLD,
    ) -> None:
        super().__init__(max_hold=max_hold)
        self._tables = tables(check_options(language, max_chars, first, code))
        self._max_chars = max_chars
        self._limit = max_hold if max_chars is None else min(max_chars, max_hold)
        self._by_block = code == "block"
        self._search: Any = _SEARCH_CLAUSE if first else _SEARCH
        self._cursor = Cursor()
        self._fresh: list[str] = []
        self._held = 0
        self._waiting = False
        self._mark = -1  # where in the sentence the mark is that was put aside
        self._waited = MOST_WAITED  # how many characters have been put aside behind the mark
        self._given = 0
        self._kind: Kind | None = None  # of a sentence that begins within a line
        self._fence = ""
        self._in_list = False

    def feed(self, text: str) -> Sequence[Sentence]:
        if self._flushed:
            self._refuse()
        if not self._waiting:
            found = self._search(text)
            if found is None or self._is_early(text, found.start()):
                held = self._held = self._held + len(text)
                if held <= self._limit:
                    self._fresh.append(text)
                    return ()
        elif self._waited < MOST_WAITED and not text.strip(_ATTACHABLE) and self._adds(text):
            held = self._held = self._held + len(text)
            if held <= self._limit:
                self._fresh.append(text)
                return ()
        self._fresh.append(text)
        return self._run(final=False)

    def _adds(self, text: str) -> bool:
        """Whether *text* decides nothing about the mark before it: ``. `` needs the word after it."""
        if "\n" in text:
            self._waited = MOST_WAITED
            return text == "\n" and self._is_in_plain_line()
        self._waited = MOST_WAITED if " " in text else self._waited + 1
        return True

    def _is_in_plain_line(self) -> bool:
        """Whether a line break here needs the next line: it is in no fence, heading or table."""
        cur = self._cursor
        return not self._fence and cur.line < len(cur.text) and cur.line_starts_plain()

    def _is_early(self, text: str, at: int) -> bool:
        """Whether nothing can be decided before more than *text* is there, whose first candidate
        is at *at*.

        Either there is plainly no candidate, as in 3.14, or its rule must read on.
        """
        c = text[at]
        n = at + 1
        if n == len(text):
            if c == "\n":
                wait = self._is_in_plain_line()
                self._waited = MOST_WAITED
            elif c in _AT_ONCE:
                return c == ":" and text[at - 1].isascii() and at > 0 and self._search is _SEARCH
            else:
                wait = True
                self._waited = 0
        else:
            if c == "." and text[n] in _ATTACHED:
                return self._search(text, n) is None
            wait = c in RUN and not text[n:].strip(_CLOSING)
            self._waited = 0
        self._waiting = wait
        if wait:
            self._mark = self._held + at
        return wait

    def flush(self) -> Sequence[Sentence]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        return self._run(final=True)

    def break_off(self) -> Sequence[Sentence]:
        """What was held back, in pieces that are not ``complete``: more was to come."""
        pieces = self.flush()
        for piece in pieces:
            piece.complete = False
        return pieces

    def _run(self, *, final: bool) -> list[Sentence]:
        """Decide what can be decided."""
        cur = self._cursor
        cur.extend("".join(self._fresh))
        self._fresh.clear()
        out: list[Sentence] = []
        end = cur.finish() if final else len(cur.text)
        self._waiting = False
        self._waited = MOST_WAITED
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
                    if y in _ATTACHED or y == "\n":
                        position = at + 1
                        continue
                    if y == " ":
                        if at - cur.line < 4 and cur.start == cur.line < at:
                            if text[cur.line : at].isdecimal() and not self._fence:
                                position = at + 1  # the marker of an item
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
                c not in _AT_ONCE or (c == "\n" and not self._fence and cur.line_starts_plain())
            ):
                cur.position = position
                self._waiting = True  # the rule would find out, but more slowly
                self._waited = 0 if c != "\n" else MOST_WAITED
                break
            cur.position = position
            try:
                self._decide(cur, at, out, limit)
            except NeedMore:
                self._waiting = True
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

    def _is_plain(self, cur: Cursor, at: int) -> bool:
        """Whether the dot at *at* plainly ends a sentence: an ordinary word, a space, a capital.

        The rules would say so, too: this is most of the full stops there are, at a quarter of the
        cost.
        """
        text = cur.text
        after = text[at + 2]
        if after in '"(“' and at + 3 < len(text):
            after = text[at + 3]
        if after not in _CAPITALS or self._fence:
            return False
        q = text.rfind(" ", cur.start, at) + 1
        word = text[q:at]
        return (
            q > 0
            and word.isalpha()
            and word[1:].islower()
            and word not in self._tables.special
            and text[q - 2] != "."
            and word[-1] not in "ivx"
            and cur.line_starts_plain()
            and not cur.in_code(at)
        )

    def _is_nothing(self, text: str, at: int, c: str, y: str) -> bool:
        """Whether *c* at *at*, with *y* after it, is plainly no candidate, by its neighbours."""
        if c in "!?":
            return y == "\n"
        if c == ":" or c == ";":
            before = text[at - 1]
            if "\u0370" <= before <= "\u1fff" or (before in SPACES and y in _FACE):
                return False
            return self._search is _SEARCH
        if c == "<":
            return y not in _TAGS
        if c != ")":
            return False
        before = text[at - 1]
        return not before.isalnum() or (text[at - 2].isalpha() and before not in "ivx")

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
        if verdict < 0 and self._search is _SEARCH_CLAUSE and c in CLAUSE_MARKS:
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

    def _blank(self, cur: Cursor, i: int, out: list[Sentence], limit: int) -> None:
        """Act on the line break at *i* with a blank line behind it, as `_break` would.

        Most paragraphs end so; a quarter of the cost.
        """
        if self._in_list and cur.text[cur.line].isalpha():
            self._in_list = False
        if cur.first(i) < i:
            i += 1
            self._give(out, i + 1 if i < limit else limit, complete=True)
        cur.position = max(cur.position, i + 1)
        cur.end_line(i + 1)
        self._kind = None
        cur.may_indent = not self._in_list
        cur.indented = False

    def _break(self, cur: Cursor, i: int, out: list[Sentence], limit: int) -> None:
        """Act on the line break at *i*, which may open or close a fence."""
        fence = self._fence
        opening, closing, indented = "", False, False
        if fence:
            closing = closes_fence(cur.line_head(i), cur.line_tail(i), fence)
        elif not cur.line_starts_plain():
            head = cur.line_head(i)
            opening = opens_fence(head, i - cur.line)
            indented = not opening and cur.is_indented(head)
        open_still = bool(opening or fence) and not closing
        if open_still:
            cut = not self._by_block and cur.first(i) < i
            verdict = i + 1 if cut else ~(i + 1)
        else:
            verdict = decide_break(cur, i, self._tables, closed=closing or indented)
        after = verdict if verdict >= 0 else ~verdict
        blank = not fence and (after > i + 1 if verdict >= 0 else cur.first(i) == i)
        if self._in_list and cur.line_head(cur.line + 1)[:1].isalpha():
            self._in_list = False
        if verdict >= 0:
            if indented:
                self._kind = "code"
            self._give(out, min(verdict, limit), complete=not open_still)
        cur.position = max(cur.position, after)
        cur.end_line(after)
        cur.may_indent = (blank or indented) and not self._in_list
        cur.indented = indented
        if verdict >= 0:
            self._kind = "heading" if cur.underlined else None
        cur.underlined = False
        if opening:
            self._fence = opening
        elif closing:
            self._fence = ""

    def _give(self, out: list[Sentence], end: int, *, complete: bool) -> None:
        """Give the current sentence, which ends before *end*."""
        cur = self._cursor
        text = cur.take(end)
        kind: Kind = "prose"
        if self._fence:
            kind = "code"
        elif cur.underlined:
            kind = "heading"
        elif self._kind is not None or not text[0].isalpha() or text[1:2] in _BEHIND_LABEL:
            kind = self._kind or kind_of(text)
            if kind == "item":
                self._in_list = True
        piece = _new_piece(Sentence, text)  # as Sentence(…) does, at half its cost
        piece.kind = kind
        piece.start = self._given
        piece.complete = complete
        out.append(piece)
        self._given += len(text)
        self._kind = None if text[-1] == "\n" else kind
        self._search = _SEARCH

    def _last(self, out: list[Sentence], end: int) -> None:
        """Give what is left after the flush."""
        cur = self._cursor
        if cur.start >= end and not cur.gone:
            return
        line, tail = cur.line_head(end), cur.line_tail(end)
        if not self._fence and not cur.line_starts_plain():
            if cur.is_indented(line):
                self._kind = "code"
            elif opens_fence(line, end - cur.line):
                self._give(out, end, complete=False)
                return
        self._give(out, end, complete=True)
        last = out[-1]
        if self._fence:
            last.complete = closes_fence(line, tail, self._fence)
            return
        bare = last[-_ENDING:].rstrip()
        if last.kind == "prose" and not last.endswith("\n"):
            ending = bare.rstrip("".join(CLOSERS))[-1:]
            last.complete = ending in RUN or ending in STRONG or ending in FULL
