"""Dutch."""

from __future__ import annotations

from ._classes import Language, words

DUTCH = Language(
    code="nl",
    never=words("""
        dhr mevr mw mej dr drs ir prof ds past kol kap gen st fa wed bijv bv b.v d.w.z
        dwz m.b.t m.a.w m.n m.i i.v.m o.a t.o.v t.a.v t.b.v i.p.v i.t.t o.l.v d.m.v
        m.u.v n.a.v z.g zgn zg vgl cf evt incl excl resp a.h.w t/m v.w.b z.s.m o.b.v
        t.g.v t.w t.z.t e.v i.e.g w.o aanw vnw bep onbep afd alg ned lat b.g.g Ds Z.M
        H.M Z.K.H H.K.H Z.Em kand lic burg gebr Gebr jhr Jhr jkvr kolk luit sgt Fa n.l
        nml m.v.g o.i evtl ggf i.c i.h.a i.h.b i.o j.l l.g m.d.v o.m plm t.a t.h.t t.n.v
        t.z.v v.d v.m v/d z.i z.o vlg volg oorspr vrl k.k Afd
        """),
    number=words("""
        nr nrs blz p pp pag bl dl hfst par afb fig tab vol § kl hst hfdst nl max bijl
        opm ca
        """),
    word=words("ma di wo do vr za zo art jan feb mrt apr jun jul aug sep sept okt nov dec"),
    maybe=words("min sec n.v v.o.f v.chr n.chr chr jr sr ed eds red uitg str tel"),
    unit=words("mln mld km kg cm mm"),
    end=words("enz etc e.d e.a o.i.d e.v.a is_ok"),
    months=words("""
        januari februari maart april mei juni juli augustus september oktober november
        december
        """),
    starters=words("""
        Al Alle Alleen Als Ook Op Aan Achter Anders Bij Binnen Bovendien Dan Daar
        Daarbij Daardoor Daarna Daarnaast Daarom Dat De Deze Die Dit Doch Door Dus
        Echter Een Eerst En Er Geen Haar Had Heb Heeft Helaas Het Hier Hierdoor Hij Hoe
        Hoewel Hun Ik In Inmiddels Is Ja Je Jij Jullie Kan Kun Kunt Later Maar Men Met
        Meer Misschien Mijn Moet Mogelijk Na Naast Natuurlijk Nee Niet Niemand Nog Nu Of
        Om Omdat Onder Ondanks Ons Onze Over Sinds Sommige Soms Straks Te Tegen Ten
        Terwijl Tijdens Toch Toen Tot Tussen U Uit Uiteindelijk Uw Van Vanaf Vandaag
        Veel Verder Vervolgens Via Volgens Voor Voordat Vroeger Waar Waarom Wanneer Want
        Waren Was Wat We Wel Welke Wie Wij Worden Wordt Ze Zelfs Zij Zijn Zo Zoals Zodra
        Zonder Zou 's Twee Drie Vier Vijf Zes Tien Klik Kies Controleer Ga Bel Voeg
        Gebruik Vergeet Probeer Lees Schrijf Zet Neem Laat Denk Hallo Hoi Bedankt Prima
        Goed Graag Ieder Iedereen Iets Niets Iemand Alles Allemaal Beide Elk Elke Enkele
        Weinig Zolang Voorts Tevens Tenslotte Uiteraard Vaak Altijd Nooit Meestal
        Momenteel Eigenlijk Blijkbaar Waarschijnlijk Gelukkig Jammer Morgen Gisteren
        Vanavond Sindsdien Daarentegen Desondanks Niettemin Tenzij Zodat Totdat Doordat
        Aangezien Indien Mits Behalve Rond Rondom Sedert Langs Richting Hierin Hierbij
        Hiermee Daarmee Daarin Daarop Daarvan Waarbij Waarmee Daarvoor Daarover Mij Jouw
        Hem Hen Dankzij Eind Nadat Zulke Zouden Kon Konden Moeten Mag Mogen Wilt Wilde
        Hebben Werd Werden Wil
        """),
    local=words("""
        ir ned kol fa kap ds past dl bl par lat wed alg kl red str wo De Die Den Er Had
        Men Met Over Dan Te Ten Of Van Na Al Kan Om Want Waren Ma Was Hun U Via Wie We
        Wat Op Dat Een Bij Door Uit Tot En Is In Later Open Let Mag Kon Elk Drie nl max
        min no bijl opm Zes Mij Hem Hen Goed Alles Rond burg Fa luit lic afd mej ma di do vr za zo
        """),
    street_ends=("str", "ln", "pln", "wg"),
)
