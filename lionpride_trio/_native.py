"""The facts that a provider tells of the parts that it wrote: kept with them, and sent back to it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ._json_form import has_json_form
from ._readonly import ReadOnlyDict

NO_FACTS: Final[Mapping[str, Any]] = ReadOnlyDict()


@has_json_form
@attrs.frozen
class Native:
    """The provider that wrote a part, and what it said of it beside the part's own fields."""

    provider: str
    """The provider's form of messages: ``anthropic``, ``gemini``, ``openai`` (Responses), ``chat``
    (chat completions) or ``ollama``."""
    facts: Mapping[str, Any] = NO_FACTS
    """Members of the provider's own block that are sent back with it."""
