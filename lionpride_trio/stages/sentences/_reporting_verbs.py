"""Words that carry a sentence on after a mark in its middle: ``"Stop!" Anna shouted.``, ``“…？”母亲问。``

After a quotation, a verb of saying is looked for among the next words, before any mark; in Japanese
a particle, in Chinese a word that takes the quotation up.
"""

from __future__ import annotations

import re
from typing import Final

from ._chars import DASHES
from .tables import words

MOST_WORDS: Final = 3
LONGEST_WORD: Final = 16

TITLES: Final = words("Mr Mrs Ms Dr Prof Hr Fr Sr Sra Sig Mme")
STYLES: Final = words(
    "Ser Sir Lord Lady King Queen Prince Princess President Professor Captain Major Aunt Uncle Father Mother Sister Brother"
)
"""Words before a name that open sentences, too."""
_SAYING: Final = words("""
    said says asked asks replied replies shouted shouts cried cries whispered exclaimed answered
    yelled added called screamed murmured muttered told wondered repeated laughed barked snapped
    ordered commanded roared bellowed vowed shrieked sobbed groaned moaned mumbled stammered hollered
    howled declared announced warned urged pleaded protested objected agreed promised continued began
    chuckled giggled sneered wailed whimpered whined croaked breathed remarked admitted suggested
    explained inquired enquired echoed chimed confessed countered argued boasted thundered boomed
    hissed growled sighed gasped demanded begged insisted joked grinned smiled interrupted
    sagte fragte rief antwortete schrie meinte flüsterte murmelte erwiderte entgegnete lachte
    dit demanda répondit cria murmura dijo preguntó respondió gritó exclamó disse chiese rispose
    gridò esclamò perguntou respondeu gritou zei vroeg riep antwoordde sagde spurgte svarede råbte
    powiedział powiedziała zapytał zapytała spytał spytała krzyknął krzyknęła odpowiedział
    odpowiedziała zawołał zawołała dedi sordu bağırdı diye сказал сказала спросил спросила крикнул
    крикнула ответил ответила воскликнул воскликнула прошептал прошептала
    पूछा कहा बोला बोली बोले चिल्लाया चिल्लाई पूछते कहते قال قالت سأل سألت صاح صاحت نادى نادت أجاب أجابت
    ہتف کہا پوچھا بولا بولی گفت پرسید אמר אמרה שאל שאלה צעק צעקה አለ አለች ጠየቀ ጠየቀች جواب
    말했다 물었다 대답했다 외쳤다 속삭였다 하고 라고 이라고 라는 이라는 라며 고
""")

_NAMED: Final = re.compile(
    r"[\u3400-\u9fff·]{0,5}?"
    r"(?:(?<![据據听聽传傳小虽雖胡])[说說]道?|(?<![疑访訪提学學顾顧])[问問]道?|[喊叫答嚷吼][道着著]?|[笑写寫回]道)(?=[。，,！!？?\n\0])"
)
"""A verb of saying, at most five signs away, that ends its clause: 母亲问。 but not 据说，."""

_PARTICLES: Final = frozenset("とっなではがをにのもへや、，,的等之和与及或")
"""Particles and the like: after a closing quote they carry the sentence on."""
_SINGLE: Final = frozenset("とはがをにのもへやでな")
_TAKING_UP: Final = words("""
    这样 这种 这句 这个 这类 这些 这一 那样 那种 那句 這樣 這種 這句 這個 這些 這一 用于 用於 表示 意思 一词
    一詞 一句 一类 也是 就是 是一 是指 是什 为题 為題 连用 連用 とい など とは には では です のよ
""")
_FIRST_SIGNS: Final = frozenset(word[0] for word in _TAKING_UP)
_PERSONS: Final = "他她它我你"
_PRONOUN: Final = re.compile(rf"[{_PERSONS}].{{0,3}}[说說问問道喊叫答](?![：:])")
MOST_SIGNS: Final = 9


def is_said(text: str, p: int) -> bool:
    """Whether a verb of saying is among the words at *p*, before any mark."""
    for _ in range(MOST_WORDS):
        q = p
        c = text[q]
        while c.isalpha() or c in "'’-\u200c" or c.isnumeric() or _is_mark(c):
            q += 1
            if q > p + LONGEST_WORD:
                return False
            c = text[q]
        word = text[p:q]
        if word in _SAYING:
            return True
        if c == "." and word in TITLES:
            q += 1
            c = text[q]
        if c != " " or not word or text[q + 1] in DASHES:
            return False
        p = q + 1
    return False


def is_said_there(text: str, j: int, *, anyone: bool) -> bool:
    """As `is_said`, for Chinese, whose words are not set apart.  Not *anyone*: only he or she."""
    if text[j] not in _PERSONS and not (anyone and "\u3400" <= text[j] <= "\u9fff"):
        return False
    k = j
    while k < j + MOST_SIGNS and text[k] not in "。，,！!？?：:\n\0":
        k += 1
    signs = text[j : k + 1]
    return bool(_NAMED.match(signs) or _PRONOUN.match(signs))


def takes_up(text: str, j: int) -> bool:
    """Whether Chinese or Japanese at *j* takes a quotation up: と, という, 的, 这样."""
    c = text[j]
    if c in _PARTICLES:
        return True
    return c in _FIRST_SIGNS and text[j] + text[j + 1] in _TAKING_UP


def is_particle(text: str, p: int) -> bool:
    """Whether a Japanese particle stands at *p*, after a full stop that is Latin: Mr. や Dr. は."""
    if text[p] not in _SINGLE:
        return False
    after = text[p + 1]
    return text[p] + after in _TAKING_UP or not "\u3040" <= after <= "\u309f"


def _is_mark(c: str) -> bool:
    """Whether *c* is a vowel sign of an Indian script."""
    return "\u0900" <= c <= "\u0dff" and c not in "।॥"
