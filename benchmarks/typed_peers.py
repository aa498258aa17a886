"""How others read a typed answer while it comes: all of it again for each chunk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._measure import Contender, Entry, peers


def readers(texts: list[str]) -> dict[str, Entry]:
    """All of them, for the chunks *texts*, which are few: they take quadratic time."""
    return peers({
        "jiter, all again for each chunk": lambda: _again(_jiter(), texts),
        "pydantic, all again for each chunk": lambda: _again(_pydantic(), texts),
        "json.loads, once": lambda: _once(texts),
    })


def _again(read: Callable[[str], Any], texts: list[str]) -> Contender:
    def job() -> None:
        text = ""
        for chunk in texts:
            text += chunk
            read(text)

    return Contender(job, items=len(texts))


def _jiter() -> Callable[[str], Any]:
    import jiter

    return lambda text: jiter.from_json(text.encode(), partial_mode="trailing-strings")


def _pydantic() -> Callable[[str], Any]:
    """The work of pydantic-ai, without its own cost."""
    from pydantic import BaseModel, TypeAdapter

    class Step(BaseModel):
        text: str = ""
        minutes: int = 0

    class Recipe(BaseModel):
        title: str = ""
        steps: list[Step] = []
        story: str = ""

    reader = TypeAdapter(Recipe)
    return lambda text: reader.validate_json(text, experimental_allow_partial="trailing-strings")


def _once(texts: list[str]) -> Contender:
    import json

    return Contender(lambda: json.loads("".join(texts)), items=len(texts))
