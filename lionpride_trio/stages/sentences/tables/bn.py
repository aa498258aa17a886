"""Bengali: full stops are dandas, dots are for abbreviations."""

from __future__ import annotations

from ._classes import Language, words

BENGALI = Language(
    code="bn",
    never=words("""
        ডা ডাঃ ড ডঃ মো মোঃ মোসা মু মুহ সৈ অধ্যা প্রফে ইঞ্জি অ্যাড মি মিসেস জনাব এম.এ
        বি.এ বি.এস.সি এম.এস.সি পিএইচ.ডি কি.মি সে.মি মি.মি কি.গ্রা আই আর ইউ এ এইচ এক্স এন
        এফ এম এল এস ও ওয়াই কিউ কে জি জে জেড টি ডাবলিউ ডি পি বি ভি সি
        """),
    number=words("পৃ নং খ্রি খৃ"),
    maybe=words("লি কোং"),
)
