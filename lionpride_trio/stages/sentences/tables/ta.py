"""Tamil."""

from __future__ import annotations

from ._classes import Language, words

TAMIL = Language(
    code="ta",
    never=words("""
        திரு திருமதி திருமிகு செல்வி டாக்டர் மரு பேரா முனை வழ பொறி எம்.ஏ பி.ஏ எம்.பி
        எம்.எல்.ஏ மு.க கி.மீ செ.மீ மி.மீ கி.கி மு.ப பி.ப ஆர் எஃப் எக்ஸ் என் எம் எல் எஸ்
        கே க்யூ சி ஜி ஜெட் ஜே டபிள்யூ டி பி யூ வி வை ஹேச் மா ரா இரா நா கா பா சு மு
        """),
    number=words("கி.பி கி.மு பக் எண் தொ ரூ"),
    local=words("என் மா நா கா பா"),
)
