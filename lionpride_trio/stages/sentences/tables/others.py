"""Languages without a table of their own: the abbreviations that collide with nobody's words."""

from __future__ import annotations

from ._classes import Language, words

OTHERS = Language(
    code="",
    never=words("""
        Jl TP Tn  kb pvz dvs t.y tzv g-din npr tj sl gđa đ t.i zv lpp piem u.c
        skv plg žr dėl š.m
        """),
    number=words("lpp p.k"),
    maybe=words("g.e n.e"),
    end=words("itd utt jt ir.kt"),
    months=words("""
        siječnja veljače ožujka travnja svibnja lipnja srpnja kolovoza rujna listopada
        studenoga prosinca januara februara aprila maja juna jula avgusta septembra
        oktobra novembra decembra janvārī februārī martā aprīlī maijā jūnijā jūlijā
        augustā septembrī oktobrī novembrī decembrī
        """),
    starters=words("""
        Ovo Ovaj Ova Taj Ali Kako Zašto Kada Gdje Međutim Također Nakon Prije Tada Šta
        Što Ona Oni Ili Bio Bila Bilo Jedan Jedna Nije Nisu Ovdje Sada Samo Više Tas Tā
        Šis Šī Bet Kad Kas Ja Un No Viņš Viņa Tomēr Tai Ši Jis Ji Jie Kai Kodėl Tačiau
        See Ta Nad Kui Aga Miks Kuid Samuti
        """),
    local=words("""
        No Ja Un Kas Ta Tas See Nad Ji Kad Tai Ali Bio sl Samo Ona Oni Kako Ili Kui Ova
        """),
)
