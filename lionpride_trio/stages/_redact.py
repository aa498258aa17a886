r"""Secrets and personal data taken out of a text while it streams.

Goals, in this order: no part of a match is ever given out, however the text is cut and wherever the stream
fails; joined, the output is that of ``re.sub`` on the whole text; what cannot become a match is given at once.

Strategy: at each moment the text is in two parts, *decided* and *undecided*.  An engine moves the border:
`_Literals` with an automaton, which knows which strings have begun, and `_Regex` with a second pattern,
which also matches what may still become a match (`_possible_match`).  `Redact` puts the decided pieces
together, and the chunks without text between them.

Plan: an engine takes text and gives pieces, each with the length of what it stands for.  By these lengths
`_joined` counts places in the input, where the chunks that wait belong.

What must hold:

1. The border moves forward only.  What is before it was given out, and cannot be taken back.
2. A match is decided when no longer or earlier one can come: so the first that the rewritten pattern finds
   and that does not touch the end of the text.  One that touches it may be half of a longer one, and
   replacing the half would let the other half through.
3. What is kept before the border is what a look-behind, ``\b`` or ``^`` may see there.  With less, a match
   would depend on the cuts; all of it would make the work quadratic.
4. Whoever is not sure fails: what may be a match and is too long is an error, and what is held when the
   stream breaks off is replaced.  To give it out would be to show the first half of a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from .._checks import check_size
from .._errors import ConfigurationError, LimitExceeded
from ._checks import non_empty_text, non_empty_texts
from ._holding import Holding
from ._literals import Automaton, LiteralSearch
from ._passing import Passing
from ._possible_match import looks_behind, possible_match

T = TypeVar("T")
_Piece: TypeAlias = tuple[str, int]
"""Text as it was, and 0; or the replacement, and the length of what it stands for."""

MAX_MATCH: Final = 4096
"""Characters of the longest match, unless told otherwise: a private key in PEM form fits."""


class Redact(Holding):
    r"""Text in, the same text out with each match of *pattern* replaced.

    *pattern* is a regular expression, or a list of strings that are taken as they are (the longest
    wins where several begin).  *replacement* is put in as it is; backslashes mean nothing in it.
    Joined, the output is what ``re.sub`` makes of the whole text, look-arounds, ``^``, ``$`` and
    ``\b`` included.

    Holds back only what may still become a match: "my key is sk-12" gives "my key is " at once.
    A match, with what it looks ahead to, may be *max_match* characters long.  What may be a match
    and is longer is an error: a redactor that is not sure lets nothing through.

    Laws: chunking-invariant (unless the bound is passed), linear for a given *max_match*: a possible
    match is looked at again with each piece that prolongs it.

    Where the stream fails, what may be the first part of a match is replaced as if it were whole.  What
    stands between two pieces of text, such as a citation, parts no match: see `let_past`.

    :raises ConfigurationError: *pattern* is no valid regular expression, matches the empty text,
        or has a back-reference or a conditional group, which cannot be followed through a stream.
    :raises LimitExceeded: a match, or what may be one, is longer than *max_match*.
    """

    def __init__(
        self,
        pattern: str | re.Pattern[str] | Iterable[str],
        replacement: str = "[redacted]",
        *,
        max_match: int = MAX_MATCH,
    ) -> None:
        super().__init__()
        self._max = check_size("Redact: max_match", max_match)
        if not isinstance(replacement, str):
            raise ConfigurationError(f"Redact needs a str for replacement, not {replacement!r}")
        self._replacement = replacement
        # The chunks that stand between pieces of the text, and the number of characters before each.
        self._passing = Passing()
        self._fed = 0
        self._engine: _Literals | _Regex
        if isinstance(pattern, str | re.Pattern):
            self._engine = _Regex(_compiled(pattern), replacement, max_match)
        else:
            texts = non_empty_texts("Redact", "pattern", pattern)
            longest = max(map(len, texts))
            if longest > max_match:
                raise ConfigurationError(
                    f"Redact was given a string of {longest} characters: "
                    f"write max_match={longest} or more"
                )
            self._engine = _Literals(texts, replacement)

    def feed(self, text: str) -> Sequence[str]:
        if self._flushed:
            self._refuse()
        decided = self._decided if self._passing else 0
        self._fed += len(text)
        out: list[_Piece] = []
        try:
            self._engine.feed(text, out)
        except LimitExceeded as error:
            joined = self._joined(out, decided)
            return self._fail(error, [*joined, *self._passing.rest()])
        return self._joined(out, decided)

    def let_past(self, item: T) -> Sequence[str | T]:
        """Put *item* behind the text fed so far, as something that is no part of it.

        It is given at once, or, while a match is possible there, by a later call in its place in the text.
        Where that is inside a match, it comes after the replacement.  At most 64 wait: when there are
        more, the first of them goes ahead of the text.
        """
        if self._flushed:
            self._refuse()
        if self._decided == self._fed:
            return (item,)
        return self._passing.wait(self._fed, item)

    def flush(self) -> Sequence[str]:
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        decided = self._decided
        out: list[_Piece] = []
        self._engine.flush(out)
        return self._joined(out, decided)

    def break_off(self) -> Sequence[str]:
        """Give the replacement for the held text, which may have become a match."""
        if self._flushed:
            return self._nothing_more()
        self._flushed = True
        held = self._engine.undecided
        return self._joined([(self._replacement, held)] if held else [], self._decided)

    @property
    def _decided(self) -> int:
        """Characters of the input that were decided."""
        return self._fed - self._engine.undecided

    def _joined(self, out: list[_Piece], decided: int) -> list[Any]:
        """The pieces as one text, or as several where something stands between or in them.

        *decided* characters of the input came before them.
        """
        if not self._passing:
            text = out[0][0] if len(out) == 1 else "".join([text for text, _ in out])
            return [text] if text else []
        results: list[Any] = []
        texts: list[str] = []
        for text, replaced in out:
            begin, decided = decided, decided + (replaced or len(text))
            start = 0
            for place, item in self._passing.due(decided):
                end = len(text) if replaced else place - begin
                texts.append(text[start:end])
                start = end
                results += (*_text(texts), item)
                texts.clear()
            texts.append(text[start:])
        return [*results, *_text(texts)]


def _text(pieces: list[str]) -> list[str]:
    text = "".join(pieces)
    return [text] if text else []


def _compiled(pattern: str | re.Pattern[str]) -> re.Pattern[str]:
    try:
        compiled = (
            re.compile(non_empty_text("Redact", "pattern", pattern))
            if isinstance(pattern, str)
            else pattern
        )
    except re.error as error:
        raise ConfigurationError(f"Redact was given {pattern!r}, and {error}") from error
    if not isinstance(compiled.pattern, str):
        raise ConfigurationError(f"Redact works on str: write {pattern!r} as a pattern of str")
    if compiled.search(""):
        raise ConfigurationError(
            f"Redact was given {compiled.pattern!r}, which matches the empty text: "
            "write a pattern that matches at least one character"
        )
    return compiled


class _Literals:
    """Strings as they are: an automaton knows which of them may have begun."""

    def __init__(self, texts: Sequence[str], replacement: str) -> None:
        self._search = LiteralSearch(Automaton(texts))
        self._replacement = replacement
        self._held = ""

    @property
    def undecided(self) -> int:
        return len(self._held)

    def feed(self, text: str, out: list[_Piece]) -> None:
        start = len(self._held)
        if start:
            text = self._held + text
        decided = 0
        while (match := self._search.search(text, start)) is not None:
            out += (text[decided : match[0]], 0), (self._replacement, match[1] - match[0])
            decided = start = match[1]
            self._search.restart()
        end = self._search.held_from(text)
        self._search.forget(end)
        out.append((text[decided:end], 0))
        self._held = text[end:]

    def flush(self, out: list[_Piece]) -> None:
        text, self._held = self._held, ""
        start, decided = len(text), 0
        # A match that waited for a longer one is one now, and others may stand behind it.
        while (match := self._search.search(text, start) or self._search.end()) is not None:
            out += (text[decided : match[0]], 0), (self._replacement, match[1] - match[0])
            decided = start = match[1]
            self._search.restart()
        out.append((text[decided:], 0))


class _Regex:
    """A regular expression; a second one, made from it, finds matches that may go on past the end."""

    def __init__(self, pattern: re.Pattern[str], replacement: str, max_match: int) -> None:
        self._pattern = pattern
        self._possible = possible_match(pattern)
        self._replacement = replacement
        self._max = max_match
        # The text that a pattern sees before a match: a character for `\b` and `^`, and what a look-behind
        # may reach, of which `re` does not tell the width.
        self._behind = 1 + max_match * looks_behind(pattern)
        self._held = ""
        self._decided = 0

    @property
    def undecided(self) -> int:
        return len(self._held) - self._decided

    def feed(self, text: str, out: list[_Piece]) -> None:
        text = self._held + text
        decided = self._decided
        undecided = len(text)
        for match in self._possible.finditer(text, decided):
            begin, end = match.span()
            if end == len(text):
                undecided = begin
                break
            if begin < end:
                self._bound(end - begin)
                out += (text[decided:begin], 0), (self._replacement, end - begin)
                decided = end
        out.append((text[decided:undecided], 0))
        self._bound(len(text) - undecided)
        kept = max(0, undecided - self._behind)
        self._held = text[kept:]
        self._decided = undecided - kept

    def flush(self, out: list[_Piece]) -> None:
        text, decided = self._held, self._decided
        for match in self._pattern.finditer(text, decided):
            begin, end = match.span()
            if begin < end:
                out += (text[decided:begin], 0), (self._replacement, end - begin)
                decided = end
        out.append((text[decided:], 0))
        self._held = ""

    def _bound(self, size: int) -> None:
        if size > self._max:
            raise LimitExceeded(
                f"what may be a match for Redact is longer than max_match={self._max} characters",
                limit="max_match",
                value=self._max,
            )
