"""Japanese: no abbreviations of its own; what follows a closing quote matters instead."""

from __future__ import annotations

from ._classes import Language

JAPANESE = Language(code="ja")
