"""What a model's name asks for beside an answer.

Words of the name, parted by `-`, are directives; what remains is the model that is played. They
work on every wire, since every wire has a model name and none objects to letters, digits, `-`
and `.`. The table is in the docstring of `lionpride_trio.local`.
"""

from typing import Literal, TypeAlias

import attrs

Fault: TypeAlias = Literal["error", "cut", "stall"]
"""How a stream ends badly after half of its answer."""

_LONGEST_ANSWER = 200_000


@attrs.frozen(kw_only=True)
class Directives:
    """A model's name, taken apart."""

    base: str
    """The name without its directives; the text depends on this alone."""
    reasoning: bool = False
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


_FLAGS = {
    "reasoning": "reasoning",
    "thinktags": "think_tags",
    "tools": "tools",
    "parallel": "parallel",
    "refusal": "refusal",
    "filtered": "filtered",
    "blocked": "blocked",
    "slow": "slow",
}
_FAULTS: dict[str, Fault] = {"cut": "cut", "stall": "stall"}


def read_directives(model: str) -> Directives:
    """Take a model's name apart.

    >>> read_directives("trigram-1-reasoning-error-429").status
    429
    """
    found: dict[str, bool | int | Fault] = {}
    base: list[str] = []
    words = model.split("-")
    while words:
        word = words.pop(0)
        following = words[0] if words else ""
        if word in _FLAGS:
            found[_FLAGS[word]] = True
        elif word in _FAULTS:
            found["fault"] = _FAULTS[word]
        elif word == "midstream" and following == "error":
            found["fault"] = "error"
            del words[0]
        elif word == "error" and _is_number(following) and 400 <= int(following) <= 599:
            found["status"] = int(words.pop(0))
        elif word == "pieces" and _is_number(following):
            found["length"] = min(int(words.pop(0)), _LONGEST_ANSWER)
        else:
            base.append(word)
    return attrs.evolve(Directives(base="-".join(base)), **found)  # type: ignore[arg-type]


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 9
