"""Urdu: full stops are ۔, dots are for abbreviations."""

from __future__ import annotations

from ._classes import Language, words

URDU = Language(
    code="ur",
    never=words("""
        ق.م ب.م ایم ایف ایچ ایل این آر ایس ٹی ایکس بی ڈی اے ایم.اے بی.اے پی.ایچ.ڈی ایم.بی.بی.ایس ایل.ایل.بی ڈاکٹر پروف مسٹر مسز
        """),
    number=words("ص صص ج نمبر ش"),
    local=words("این بی اے ڈی ایس ص صص ج ش نمبر ڈاکٹر مسٹر مسز"),
)
