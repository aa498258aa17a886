"""A mutant, its correct twin, and the law that has to tell them apart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import Phase, settings


@attrs.frozen
class Case:
    name: str
    check: Callable[[Any], object]
    right: Any
    wrong: Any
    law: str
    drawn: bool = False
    """The check draws examples, and takes settings."""

    def try_right(self):
        self.check(self.right, **({"settings": FEW} if self.drawn else {}))

    def try_wrong(self):
        self.check(self.wrong, **({"settings": UNSHRUNK} if self.drawn else {}))


FEW = settings(max_examples=12)
# The simplest example is of no interest where the mistake is known.
UNSHRUNK = settings(max_examples=400, phases=[Phase.generate])
