"""Arabic."""

from __future__ import annotations

from ._classes import Language, words

ARABIC = Language(
    code="ar",
    never=words("د أ م ا ص أ.د د.ا ا.د أ.م ص.ب م.ب ج.م.ع ت.ب س.ت ج.ب كج كلم سم م.م د.إ ش.م.م"),
    number=words("ص ج ط"),
    maybe=words("ق.م هـ ه ش"),
    end=words("إلخ الخ"),
)
