"""Slovak."""

from __future__ import annotations

from ._classes import Language, words

SLOVAK = Language(
    code="sk",
    word=words("nám"),
    never=words("""
        na_nám napr tj t.j tzn tzv resp príp doc prof ing ing.arch mgr bc judr mudr mvdr phdr
        rndr paeddr sv ul č čís cca max pozn st hl ev kpt mjr plk gen por ppor vyd
        red zodp angl nem lat fr rus porov pol príl odd okr býv zn vč
        """),
    number=words("s str ods čl obr tab § písm kap roč"),
    maybe=words("tis mil mld a.s s.r.o spol.s.r.o n.m pred.Kr po.Kr Z.z"),
    unit=words("km kg hod sek"),
    end=words("atď a.pod ap a.i apod"),
    months=words("""
        januára februára marca apríla mája júna júla augusta septembra októbra novembra
        decembra storočia storočí
        """),
    ordinals=True,
    starters=words("""
        Aby Aj Ako Akú Aká Aké Aký Ale Alebo Ani Áno Asi Až Bez Bol Bola Boli Bolo Bude
        Budú Cez Čo Čím Ďalej Ďalší Dnes Do Dobrý Ďakujem Eště Hoci I Iba Ich Ja Je Jeho
        Jej Kam Každá Každý Kde Kedy Keď Keďže Kliknite Koľko Ktorá Ktoré Ktorý Kto
        Kvôli Ku Lebo Len Medzi Mnohí Mnoho Moja Môj Môže Môžete Môžem My Má Mám Máme
        Máte Musí Na Nad Najprv Naopak Napriek Naša Náš Nie Niektoré Nikdo Nikto No O Od
        On Ona Oni Ono Otvorte Po Pod Podľa Pokiaľ Potom Preto Pretože Pre Prečo Pred
        Pri Práve Sa Si Sme Som Stále Sú Svoj Ta Tak Takže Tam Ten Tento Táto Toto Títo
        Teda Teraz To Už U V Vo Všetci Všetko Však Vyberte Viac Väčšina Vzhľadom Z Za
        Zadajte Zatiaľ Zo Že
        """),
    local=words("""
        s st max ev hl por pol odd red gen nem lat fr rus tab kap mil min Ak Aj Ako Ale
        Asi Bez Co Do I Je Ja Ku Na Nad No O Od On Ona Oni Po Pod Pre Sa Si Som Ta Tak
        Tam Ten To U V Z Za My Len Iba Jej doc bc ap ul nám
        """),
)
