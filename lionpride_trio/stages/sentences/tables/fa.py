"""Persian."""

from __future__ import annotations

from ._classes import Language, words

PERSIAN = Language(
    code="fa",
    never=words("ر.ک ق.م ب.م ه.ش ه.ق هـ.ش هـ.ق ق.ظ ب.ظ م.ش ه‍.ش پ.ن"),
    number=words("ص صص ج ش شم ب"),
    maybe=words("م ه هـ"),
    local=words("ب م ه ج ش ص صص شم"),
)
