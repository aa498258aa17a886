"""Ordinary words of big languages that are an abbreviation in another one.

Found by comparing the tables with the frequency lists of wordfreq (github.com/rspeer/wordfreq, its
data under CC BY-SA 4.0); `tests/stages/sentences/test_words.py` does it again with the commonest
words. "That's it. 3 steps" must not wait for a Romanian abbreviation.
"""

from __future__ import annotations

from typing import Final

from ._classes import words

ORDINARY: Final = words("""
    ad afd ago aj al alb alm alt anc ang anh ao apt arab arch arg art arts as av az bat bek
    bet bez bil bla bull burg ca cand caps cass cel chin cie co col com comm cons cu des det
    di dim dip dir dna do doc dom dos dot druh eg ej el em ene eng eo es est et ev event ex
    exp fa fam far fig fork forts franc gal gek gem gen gent ges gör hab haz hiv ian id ig
    ill im ing ins int ir it jur kan kap kat ke klo kol komm koop kto la lat leg lek lett
    lit litt ma mad mag mah mai maj man mar me med mej mekan mer mes meteor mi mia mies mil
    mill mim min mio mo mom my nat ned nem nim no noi nord nu ném odd off ol old on ons op
    or org os ott out overs par paras past pe phil po pol pos pow prep prop qua qui rag red
    ref reg resp rev ros rus russ sam san sec seg ser set sett sex sid sig sing sis so soc
    sok span sta ste sto stol stud su sup syn tab tel tem ten ter ti tim to tot tri türk ul
    ur uu valt vas vast ven ver vid vie voll vorm vr wed wo wwe za zach zal zam zem zi zit
    zo zus ал ап вид год гол им кол мин мол нем ок пер пол полк пор прим ред рос тел упор ян
    این بی
    """)
