"""Norwegian, Bokmål and Nynorsk."""

from __future__ import annotations

from ._classes import Language, words

NORWEGIAN = Language(
    code="nb",
    never=words("""
        f.eks bl.a dvs d.v.s m.a.o s.k t.o.m f.o.m jf jfr ekskl inkl ev evt resp dr prof
        cand cand.mag cand.philol cand.jur siv.ing siv.øk st hr fr frk adm.dir dir pga
        p.g.a mht m.h.t vedr ang avd bl el fhv forts gj gl gnr kgl kap.lt maks m.a nåv
        nn off omtr oppr red sml såk såkalt tidl utg vs ød ø.f pr iflg mtp mhp bnr
        """),
    number=words("""
        s nr kap fig bd tab § art pkt tlf kl årg vol p st.meld prop ot.prp innst sp avsn
        ca
        """),
    maybe=words("des tirs ons tors fre lør søn as a/s jr sr f.kr e.kr f.Kr e.Kr"),
    unit=words("mill mrd kr sek stk pst km kg t"),
    end=words("osv o.s.v etc m.m mm m.v mv m.fl mfl o.l ol o.a er_ok"),
    months=words("""
        januar februar mars april mai juni juli august september oktober november
        desember århundre
        """),
    before_ordinals=words("den"),
    ordinals=True,
    starters=words("""
        Alle Alt Altså Andre At Av Bare Begge Blant Både Da De Den Denne Der Deretter
        Derfor Dermed Dersom Dessuten Det Dette Disse Du Dere Er Et En Eller Etter
        Ettersom Fordi Fra Først Flere For Før Gjennom Ha Hadde Han Har Hans Hei Hele
        Hennes Her Hun Hva Hvem Hver Hvilke Hvilken Hvis Hvor Hvordan Hvorfor I Ifølge
        Igjen Ikke Imidlertid Ingen Innen Ja Jeg Kan Kanskje Klikk Kom Kunne Like Mange
        Man Med Mellom Men Mens Mer Mest Min Mine Mitt Mot Må Nå Nei Neste Noen Noe Når
        Og Også Ofte Om Omtrent Opp Over På Rundt Selv Selvfølgelig Senere Siden Sin
        Skal Skriv Skulle Slik Snart Som Står Så Takk Til Tidligere To Tre Tross Under
        Unntatt Uten Ut Vanligvis Var Ved Velg Vi Vil Ville Videre Vår Våre Være Åpne
        """),
    local=words("""
        s p st fr hr ev dir el as gl off man ons fre bl pr des min mm mv ol t ang red sp
        par tab art kl gj nn Alle At Da De Den Der Du En Er Et For Han Har Hans Her I Ja
        Kan Man Med Men Min Mine Mot Om Over Skal Til To Tre Under Ut Var Vi Ville Noe
        Som Hele Ha Mest Mer Like Bare Alt Andre ca Dere forts cand mill
        """),
    street_ends=("gt", "g", "v", "pl"),
    word=words("par man min jan feb apr aug sept okt nov"),
)
