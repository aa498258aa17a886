"""The machine: candidates in order, one verdict each.

Goal: a chunk without a candidate costs one search and one append.  Every other chunk goes to the
window, and the rules are asked about each candidate in turn, until one raises `NeedMore`.  Then
the machine waits for the next chunk and asks that rule again, from its beginning.

A verdict is one `int`: ``k >= 0`` means *cut before k*, and ``~k`` *no boundary; go on at k*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, Literal

from ..._errors import ConfigurationError
from .._checks import MAX_HOLD, whole_number
from .._holding import Holding
from . import _emoji as emoji
from ._attached import MOUTHS, NOSES
from ._chars import CLOSERS, FULL, RUN, SPACES, STRONG
from ._cursor import Cursor, NeedMore
from ._limits import CLAUSE_MARKS, cut_within, decide_clause
from ._lines import closes_fence, decide_break, is_whole, kind_of, opens_fence
from ._markers import decide_bullet, decide_marker
from ._pieces import Kind, Sentence
from ._scripts import decide_scripted
from ._stops import decide_mark
from ._wide import decide_full
from ._tags import decide_tag
from .tables import CODES, LANGUAGES, tables

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
_NEEDS_LETTER: Final = ":;"
"""Candidates only after a Greek or Armenian letter."""
_FACE: Final = NOSES + MOUTHS
"""After a colon and white space, these may make it an emoticon."""
_TAGS: Final = frozenset("/3abdhloprstuABDHLOPRSTU")
"""After an angle bracket, these may make it a tag or an emoticon."""
_CLOSED: Final = frozenset(")]\"'”’`*_.!?…")
"""Before a bracket, these say that it is not that of a list marker."""

_AT_ONCE: Final = ":;)•⁃"
"""Candidates whose rule may need nothing after them."""

_ENDING: Final = 64
"""How much of the last piece is looked at for a mark that ends it."""

_new_piece: Final = str.__new__

_TAG: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*\Z")


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
        self._tables = tables(_language(language))
        if max_chars is not None:
            whole_number("SentenceSplitter", "max_chars", max_chars, least=1)
        if first not in {None, "clause"}:
            raise ConfigurationError(
                f'SentenceSplitter needs first=None or first="clause", not {first!r}'
            )
        if code not in {"line", "block"}:
            raise ConfigurationError(
                f'SentenceSplitter needs code="line" or code="block", not {code!r}'
            )
        self._max_chars = max_chars
        self._limit = max_hold if max_chars is None else min(max_chars, max_hold)
        self._by_block = code == "block"
        self._search: Any = _SEARCH_CLAUSE if first else _SEARCH
        self._cursor = Cursor()
        self._fresh: list[str] = []
        self._held = 0
        self._waiting = False
        self._given = 0
        self._kind: Kind | None = None  # of a sentence that begins within a line
        self._fence = ""

    def feed(self, text: str) -> Sequence[Sentence]:
        if self._flushed:
            self._refuse()
        if not self._waiting and self._search(text) is None:
            self._held += len(text)
            if self._held <= self._limit:
                self._fresh.append(text)
                return ()
        self._fresh.append(text)
        return self._run(final=False)

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
        text, position = cur.text, cur.position
        while True:
            # Only a mark before the limit may still end the sentence; the limit itself is not
            # acted upon before a character behind it is there, for this may be the end.
            limit = cur.start + self._limit - cur.gone
            found = self._search(text, position, min(end, limit))
            if found is None:
                cur.position = position
                if end <= limit:
                    break
                if self._max_chars is None:
                    return self._fail(self._too_long("a sentence"), out)
                self._give(out, cut_within(cur, limit), complete=False)
                position = cur.position
                continue
            at = found.start()
            if at + 1 < end and self._is_nothing(text, at):
                position = at + 1
                continue
            cur.position = position
            if at + 1 == end and not final and self._needs_more(cur, at):
                self._waiting = True  # the rule would find out, but more slowly
                break
            try:
                self._decide(cur, at, out, limit)
            except NeedMore:
                self._waiting = True
                break
            position = cur.position
        if final:
            self._last(out, end)
        else:
            self._held = cur.size
            if not self._waiting:
                cur.position = max(cur.position, end)
        return out

    def _is_nothing(self, text: str, at: int) -> bool:
        """Whether the candidate at *at* is plainly none, by its neighbours: 3.14, foo.py, a colon."""
        c = text[at]
        if c == ".":
            return text[at + 1] in _ATTACHED
        if c in _NEEDS_LETTER:
            before = text[at - 1]
            if "\u0370" <= before <= "\u1fff":
                return False
            if before in SPACES and text[at + 1] in _FACE:
                return False
            return self._search is _SEARCH
        if c == "<":
            return text[at + 1] not in _TAGS
        return c == ")" and text[at - 1] in _CLOSED

    def _needs_more(self, cur: Cursor, at: int) -> bool:
        """Whether the rule for the mark at *at* surely reads the character after it."""
        c = cur.text[at]
        if c == "\n":
            return not self._fence and cur.line_starts_plain()
        return c not in _AT_ONCE

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
        if c == "." and i > cur.start and (text[i - 2] in " \t" or text[i - 1].isdecimal()):
            verdict = decide_marker(cur, i, self._tables)
        if verdict < 0:
            rule = _RULES.get(c)
            if rule is not None:
                verdict = rule(cur, i, self._tables)
            elif c not in CLAUSE_MARKS:
                verdict = emoji.decide_emoji(cur, i, self._tables)
        if verdict < 0 and self._search is _SEARCH_CLAUSE and c in CLAUSE_MARKS:
            verdict = decide_clause(cur, i)
        if verdict >= 0 and self._vetoed(cur, i, verdict):
            verdict = ~(i + 1)
        if verdict < 0:
            cur.position = ~verdict
            return
        self._give(out, min(verdict, limit), complete=c not in CLAUSE_MARKS)
        cur.position = max(cur.position, i + 1)

    def _vetoed(self, cur: Cursor, i: int, k: int) -> bool:
        """Whether a cut before *k*, for the mark at *i*, is in a place that is never cut."""
        if not cur.line_starts_plain() and is_whole(cur.line_head(i)):
            return True
        if cur.first(i) >= k:
            return True
        if not cur.in_code(i) or "`" in cur.text[i:k]:
            return False
        if cur.closes_code(i):
            return True
        cur.not_code()
        return False

    def _break(self, cur: Cursor, i: int, out: list[Sentence], limit: int) -> None:
        """Act on the line break at *i*, which may open or close a fence."""
        fence = self._fence
        opening, closing = "", False
        if fence:
            closing = closes_fence(cur.line_head(i), cur.line_tail(i), fence)
        elif not cur.line_starts_plain():
            opening = opens_fence(cur.line_head(i), i - cur.line)
        if opening or (fence and not closing):
            cut = not self._by_block and cur.first(i) < i
            verdict = i + 1 if cut else ~(i + 1)
        else:
            verdict = decide_break(cur, i, self._tables, closed=closing)
        if verdict >= 0:
            self._give(out, min(verdict, limit), complete=True)
        after = verdict if verdict >= 0 else ~verdict
        cur.position = max(cur.position, after)
        cur.end_line(after)
        if verdict >= 0:
            self._kind = None
        if opening:
            self._fence = opening
        elif closing:
            self._fence = ""

    def _give(self, out: list[Sentence], end: int, *, complete: bool) -> None:
        """Give the current sentence, which ends before *end*."""
        text = self._cursor.take(end)
        kind = "code" if self._fence else self._kind or kind_of(text)
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
        self._give(out, end, complete=True)
        last = out[-1]
        if self._fence:
            last.complete = closes_fence(line, tail, self._fence)
            return
        bare = last[-_ENDING:].rstrip()
        if last.kind == "prose" and not last.endswith("\n"):
            ending = bare.rstrip("".join(CLOSERS))[-1:]
            last.complete = ending in RUN or ending in STRONG or ending in FULL


def _language(code: str | None) -> str | None:
    """The two or three letters of a language tag."""
    if code is None:
        return None
    tag = _TAG.match(code) if isinstance(code, str) else None
    language = tag[1].lower() if tag else None
    if language not in CODES:
        raise ConfigurationError(
            'SentenceSplitter needs a language code of two letters for language, such as "en" or'
            f' "pt-BR", or None for all languages at once, not {code!r}: it has tables for '
            + ", ".join(sorted(LANGUAGES))
        )
    return language
