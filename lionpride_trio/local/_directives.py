"""Directives: wishes beside an answer, which a model's name tells.

Words of the name, parted by ``-``, are directives; what remains is the model that is played.  They
work on every wire, since every wire has a model name and none objects to letters, digits, ``-``
and ``.``.  The table is in the docstring of `lionpride_trio.local`.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import attrs

Fault: TypeAlias = Literal["error", "cut", "drop", "stall"]
"""How a stream ends badly after half of its answer."""

_FLAGS: Final = frozenset([
    "reasoning",
    "redacted",
    "thinktags",
    "tools",
    "parallel",
    "refusal",
    "filtered",
    "blocked",
    "slow",
])
_FAULTS: Final[dict[str, Fault]] = {"cut": "cut", "drop": "drop", "stall": "stall"}
_LONGEST_ANSWER: Final = 200_000


@attrs.frozen(kw_only=True)
class Directives:
    """A model's name, taken apart."""

    base: str
    """The name without its directives; the text depends on this alone."""
    reasoning: bool = False
    redacted: bool = False
    think_tags: bool = False
    tools: bool = False
    parallel: bool = False
    refusal: bool = False
    filtered: bool = False
    blocked: bool = False
    slow: bool = False
    status: int | None = None
    fault: Fault | None = None
    length: int | None = None


def read_directives(model: str) -> Directives:
    """Take a model's name apart.

    >>> read_directives("trigram-1-reasoning-error-429").status
    429
    """
    flags: set[str] = set()
    status: int | None = None
    fault: Fault | None = None
    length: int | None = None
    base: list[str] = []
    words = model.split("-")
    while words:
        word = words.pop(0)
        following = words[0] if words else ""
        if word in _FLAGS:
            flags.add(word)
        elif word in _FAULTS:
            fault = _FAULTS[word]
        elif word == "midstream" and following == "error":
            fault = "error"
            del words[0]
        elif word == "error" and _is_number(following) and 400 <= int(following) <= 599:
            status = int(words.pop(0))
        elif word == "pieces" and _is_number(following):
            length = min(int(words.pop(0)), _LONGEST_ANSWER)
        else:
            base.append(word)
    return Directives(
        base="-".join(base),
        reasoning=bool(flags & {"reasoning", "redacted"}),
        redacted="redacted" in flags,
        think_tags="thinktags" in flags,
        tools="tools" in flags,
        parallel="parallel" in flags,
        refusal="refusal" in flags,
        filtered="filtered" in flags,
        blocked="blocked" in flags,
        slow="slow" in flags,
        status=status,
        fault=fault,
        length=length,
    )


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 9
