"""Languages without a table of their own: the abbreviations that collide with nobody's words."""

from __future__ import annotations

from ._classes import Language, words

OTHERS = Language(
    code="",
    never=words("""
        t.ex bl.a d.v.s m.fl.a o.dyl t.o.m fr.o.m p.g.a s.k f.eks e.kr např tj tzn tzv
        mj popř příp nám roč č viz.č esim ts ns Jl TP Tn Ny вул просп напр т.зв проф др
        акад тел ул бул гр св δηλ π.χ βλ κ κος pvz d vö ún kb dvs kpl
        """),
    number=words("č.j стор № σελ рр"),
    maybe=words("грн тис млн р μ.χ π.μ μ.μ"),
    end=words("atd apod jne ym yms m.m osv κ.λπ κ.ά т.ін т.нар и.др stb"),
    months=words("""
        stycznia januari februari mars maj juni juli augusti ledna února března dubna
        května června července srpna září října listopadu prosince січня лютого березня
        квітня травня червня липня серпня вересня жовтня листопада грудня
        """),
    starters=words("""
        Det Den Detta Jag Vi Du Han Hon De Men Och Om När Var Vad Hur Även Därför Till
        Efter Το Η Ο Οι Τα Αυτό Αυτή Και Αλλά Όμως Στην Στο Για Είναι Δεν Αν Όταν Це Він
        Вона Вони Ми Ви Але І Та В У На За З Для Якщо Коли Що Як Je Jsem Jsou To Ten Ta
        Tato Tento Ale Pokud Když Pro Se Na Po Tämä Ne Hän He Mutta Jos Kun Myös Siksi
        On
        """),
    local=words("""
        d De Den Han Var Du To Ten Ta Se Na Po Je Om On He Ne Pro V Det Men Till Mars mm
        κ р č Til В У На За З Ale Vi
        """),
)
