"""Romanian."""

from __future__ import annotations

from ._classes import Language, words

ROMANIAN = Language(
    code="ro",
    never=words("""
        dl dna d-na d-l d-nei d-lui dlui dnei d-ra dr prof ing av jud conf lect asist
        acad col gen lt cpt mr sgt pr sf sfta str bd b-dul bdul șos int com cf cca
        aprox ex exp p.ex d.p.d.v a.i i.e v vs ş.cl obs red trad lat fr engl germ it
        Î.P.S P.S Pr Arh arh prep ref resp tel publ ec cons u.m s.n n.n Dra Av
        """),
    number=words("""
        nr pag p pp alin lit pct fig tab vol ed § bl sc et ap M.Of par cca aprox
        """),
    maybe=words("""
        ian febr iun iul d.c î.e.n e.n s.a s.r.l S.A S.R.L D.G.P M.Of mil mld inc
        ltd jr C.civ C.pen C.proc.civ
        """),
    unit=words("km kg min sec buc"),
    end=words(
        "etc ș.a ş.a ș.a.m.d ş.a.m.d ș.cl d.Hr î.Hr d.C î.C e aici_e unde_e cine_e ce_e cum_e asta_e"
    ),
    months=words("""
        ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie
        noiembrie decembrie
        """),
    starters=words("""
        A Aceasta Acest Acesta Această Aceste Acești Aceștia Acolo Acum Adaugă Adică Ai
        Aici Alege Alt Alte Alți Am Apoi Ar Aș Așa Asta Astfel Astăzi Atât Atunci Au
        Aveți Având Bună Ca Cam Care Cât Câte Câteva Când Ce Cea Cei Cel Cele Celelalte
        Cine Chiar Conform Cu Cum Da Dacă Dar De Deci Deoarece Deschide Deși Despre După
        Din Dintre Doar Doi Două E Ea Ei El Ele Era Erau Este Eu Face Fără Fiecare Fiind
        Fost Foarte Folosește Fie Iar Iată Ieri Imediat Împreună În Înainte Încă
        Încearcă Îmi Își Într Însă Întrucât La Le Lor Lui Mai Majoritatea Mâine Mereu Mi
        Mulți Multe Mulțumesc Ne Nici Niciun Nicio Noi Noul Nu O Oare Oamenii Odată Ori
        Oricine Pe Pentru Până Peste Plus Poate Poți Potrivit Prima Primul Prin Printre
        Rar S Să Sau Scrie Se Selectează Si Sigur Spre Sub Sunt Și Te Ți Totuși Toate
        Tot Toți Totul Trebuie Tu Un Una Unde Unele Unii Uneori Unul Verifică Voi Vor
        Vrei Vreau
        """),
    local=words("""
        p v s a al av com loc col gen lt mr mar int ex conf cons ref ec it fr ed ap et
        sc bl cod par red trad obs pct min sec mil lit cf cca aprox pr resp tel tab art
        lat nov noi exp dl prep publ A Al Am Ar Au Ca Ce Cea Cu Da De Din Doi E Ea Ei El
        Era La Le Mai Mi Ne O Pe Plus S Se Si Sub Te Tu Un Una Sa Care Face Fie Cum Dar
        Prima Tot Vor Nu Poate Are Rar Cam Noi Voi Lor Ori Eu Ele Este Apoi Acum dna dra
        asist Pr ian jud e
        """),
    word=words("cap art loc noi feb mar apr aug sept oct nov dec"),
)
