"""The search for candidates: the characters at which a sentence may end."""

from __future__ import annotations

import re
from typing import Final

from . import _emoji as emoji
from ._forced_cuts import CLAUSE_MARKS
from ._scripts import LAUGHTER

_CHARACTERS: Final = "\n.!?…‼⁇⁈⁉。！？｡．।॥۔؟።፧፨။។៕։:;)•⁃✅✨☎✈☕⭐☀<" + LAUGHTER
_EMOJI: Final = f"{emoji.FIRST}-{emoji.LAST}"

CANDIDATE: Final = re.compile(f"[{re.escape(_CHARACTERS)}{_EMOJI}]")
CANDIDATE_OR_PAUSE: Final = re.compile(f"[{re.escape(_CHARACTERS + CLAUSE_MARKS)}{_EMOJI}]")
