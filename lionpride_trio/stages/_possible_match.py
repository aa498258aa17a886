r"""A regular expression that also matches what may still become a match of another one.

`re` cannot say whether a match may go on past the end of the text.  But the pattern can be rewritten
so that it can: each thing that takes a character may also find itself at the end (``\Z``), and from
there on everything does.  ``ab+?c`` becomes ``(?:a|\Z)(?:b+?|\Z)(?:c|\Z)``.  Both try the same ways
in the same order, so the first way that the rewritten pattern finds either

- ends before the end of the text, never having looked past it: it is the match of the original,
  whatever comes; or
- ends at the end of the text: then what comes may decide.

A look-ahead that may reach the end is taken to reach it, and jumps there.  So ``foo(?!bar)`` finds
all of ``fooba`` undecided.

Python's own parser of patterns is private, so this has a small one.  It only ever sees patterns
that `re` has compiled, and need not find their faults.  Back-references and conditional groups
cannot be rewritten, and are refused.
"""

from __future__ import annotations

import re
from typing import Final

from .._errors import ConfigurationError

_ESCAPE: Final = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|0[0-7]{0,2}|[0-3][0-7]{2}|.)",
    re.DOTALL,
)
_CLASS: Final = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
_REPEAT: Final = re.compile(r"(?:[*+?]|\{(?!\})(\d*)(?:,\d*)?\})[?+]?")
_GROUP: Final = re.compile(r"\((?:\?(?:P<\w+>|P=|<[=!]|[:=!>#(]|[aiLmsux]*(?:-[imsx]+)?[:)]))?")
_VERBOSE_SPACE: Final = re.compile(r"(?:[ \t\n\r\v\f]+|#[^\n]*)*")


def possible_match(pattern: re.Pattern[str]) -> re.Pattern[str]:
    """*pattern*, rewritten to match up to the end of the text where it may go on past it.

    :raises ConfigurationError: *pattern* has something that cannot be rewritten.
    """
    verbose = bool(pattern.flags & re.VERBOSE)
    _, possible = _Rewriter(pattern.pattern, verbose=verbose).alternatives()
    return re.compile(possible, pattern.flags & ~(re.VERBOSE | re.DEBUG))


def looks_behind(pattern: re.Pattern[str]) -> bool:
    """Whether *pattern* may look at more than the one character before a match."""
    return "(?<" in pattern.pattern


class _Rewriter:
    """Each method gives its part twice: as it was, with no group that captures, and rewritten."""

    def __init__(self, source: str, *, verbose: bool) -> None:
        self._source = source
        self._verbose = verbose
        self._at = 0
        self._in_look_behind = False

    def alternatives(self) -> tuple[str, str]:
        """The alternatives up to the closing parenthesis, or to the end."""
        plain: list[str] = []
        possible: list[str] = []
        while self._at < len(self._source):
            self._skip_space()
            char = self._source[self._at : self._at + 1]
            if char == ")":
                break
            if char == "|":
                self._at += 1
                item = "|", "|"
            else:
                item = self._item() if char else ("", "")
            plain.append(item[0])
            possible.append(item[1])
        return "".join(plain), "".join(possible)

    def _skip_space(self) -> None:
        if self._verbose:
            self._match(_VERBOSE_SPACE)

    def _match(self, expected: re.Pattern[str]) -> re.Match[str] | None:
        match = expected.match(self._source, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _item(self) -> tuple[str, str]:
        char = self._source[self._at]
        if char == "(":
            return self._group()
        if char == "[":
            match = self._match(_CLASS)
        elif char == "\\":
            match = self._match(_ESCAPE)
        else:
            match = None
            self._at += 1
        atom = match[0] if match else char
        if atom == "$":
            if self._in_look_behind:
                raise self._refused("$ inside a look-behind")
            # Before a last line end `$` matches, and that line end need not stay the last.
            return "$", r"(?:\n?\Z|$)"
        if atom in {r"\Z", r"\z"}:
            return atom, r"\Z"
        if atom in {"^", r"\A", r"\b", r"\B"}:
            return atom, rf"(?:{atom}|\Z)"
        if len(atom) == 2 and atom[0] == "\\" and atom[1] in "123456789":
            raise self._refused("a back-reference")
        if atom in {" ", "#"}:
            # Only a class can have them where the flag x is on.
            atom = f"[{atom}]"
        repeat, least = self._repeat()
        if not repeat:
            return atom, rf"(?:{atom}|\Z)"
        plain = atom + repeat
        if least == 0:
            return plain, plain
        return plain, rf"(?:{plain}|{atom}{{0,{least - 1}}}\Z)"

    def _repeat(self) -> tuple[str, int]:
        """The quantifier that comes next, if any, and how many it asks for at least."""
        self._skip_space()
        match = self._match(_REPEAT)
        if match is None:
            return "", 1
        if match[0][0] == "{":
            return match[0], int(match[1] or "0")
        return match[0], int(match[0][0] == "+")

    def _group(self) -> tuple[str, str]:
        match = self._match(_GROUP)
        assert match is not None
        opening = match[0]
        if opening == "(?P=":
            raise self._refused("a back-reference")
        if opening == "(?(":
            raise self._refused("a conditional group")
        if opening == "(?#":
            self._at = self._source.index(")", self._at) + 1
            return "", ""
        if opening.startswith("(?") and opening.endswith(")"):
            # Flags for the whole pattern: the compiled pattern has them.
            return "", ""
        if "x" in opening and opening.endswith(":"):
            raise self._refused("the flag x for a part of it")
        ahead = opening in {"(?=", "(?!"}
        behind = opening in {"(?<=", "(?<!"}
        if ahead and self._in_look_behind:
            raise self._refused("a look-ahead inside a look-behind")
        outer = self._in_look_behind
        self._in_look_behind = outer or behind
        plain, possible = self.alternatives()
        self._in_look_behind = outer
        self._at += 1
        if opening == "(" or opening.startswith("(?P<"):
            opening = "(?:"
        plain = f"{opening}{plain})"
        if ahead:
            possible = rf"(?:(?:{possible})\Z|{plain})"
        elif behind:
            possible = rf"(?:{plain}|\Z)"
        else:
            possible = f"{opening}{possible})"
        repeat, _ = self._repeat()
        return plain + repeat, possible + repeat

    def _refused(self, what: str) -> ConfigurationError:
        return ConfigurationError(
            f"Redact cannot follow {what} through a stream: write {self._source!r} without it"
        )
