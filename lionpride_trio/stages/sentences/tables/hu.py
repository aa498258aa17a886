"""Hungarian."""

from __future__ import annotations

from ._classes import Language, words

HUNGARIAN = Language(
    code="hu",
    never=words("""
        pl ún ill dr ifj id özv szt vö ld kb u.n u.ö u.a i.m főig ig alez ezr őrgy hdgy
        tbk orv dr.med mérn prof ált ang fr lat ném or ol gör magy tkp vmi vki vkit köv
        hiv bp Bp nagyvez okl önk pság sz.ú szü szül tel u.is
        """),
    number=words("o old fej sz tábl táb köt par bek rk évf fszt em krt ker"),
    maybe=words("i.e i.sz Kr.e Kr.u Kft Rt Zrt Nyrt Bt febr márc ápr máj jún júl szept"),
    unit=words("eFt mrd km kg db"),
    end=words("stb az_ok"),
    months=words("""
        január február március április május június július augusztus szeptember október
        november december januárban januárjában évf század században
        """),
    ordinals=True,
    starters=words("""
        A Az Abban Addig Ahhoz Ahol Ahogy Ahogyan Aki Akik Akkor Alatt Amely Amelyek Ami
        Amikor Amint Amíg Annak Arra Azért Azok Azonban Azt Aztán Bár Be Ben Csak
        Csatlakozz De Délután Egy Egyes Egyik Ehhez Ekkor Ellenben Először Emellett Én
        És Ez Ezek Ezen Ezért Ezt Ezután Főleg Ha Hamar Hanem Hány Hát Helló Hogy Hogyan
        Hol Honnan Így Igen Illetve Ilyen Inkább Is Itt Ja Jelenleg Jó Kattints Kellett
        Kell Képzeld Kérem Később Két Ki Kik Köszönöm Között Közben Lehet Lehetséges Ma
        Majd Már Más Mások Még Mely Melyik Mennyi Mert Mi Miért Mielőtt Mikor Milyen
        Minden Mindig Mit Mivel Most Nagyon Ne Néha Néhány Nekem Nem Nincs Nyisd Ő Ők
        Olyan Oda Ott Összesen Pedig Persze Például Sajnos Se Sem Senki Soha Sok Sőt
        Számos Szerinte Szerintem Szia Talán Te Tegnap Tehát Tényleg Több Továbbá Tudom
        Úgy Ugyanis Utána Után Vagy Valaki Valami Válaszd Van Vannak Végül Viszont Volt
        Voltak
        """),
    local=words("""
        id or em par old o rk ig tel fr lat sz ol ill pl A Az Be De Is Ki Ma Mi Most Ne
        Se Te Van Mert Sok Ja Ha Egy Ez Sem Ben Oda ang gör hiv bek Rt ker ném
        """),
    word=words("aug okt nov dec"),
)
