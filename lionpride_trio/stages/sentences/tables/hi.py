"""Hindi: full stops are dandas, dots are for abbreviations."""

from __future__ import annotations

from ._classes import Language, words

HINDI = Language(
    code="hi",
    never=words("""
        डॉ डा श्री श्रीमती सुश्री प्रो पं कु मो स्व ए बी सी डी ई एफ एच आई जे के एल एम
        एन ओ पी क्यू आर एस टी यू वी डब्ल्यू डब्लू एक्स वाई जेड जेड.ए जी कि.मी कि.ग्रा मि.मी
        से.मी ई.पू बी.ए एम.ए
        """),
    number=words("पृ क्र सं क्रमांक"),
    maybe=words("रु लि प्रा कं"),
)
