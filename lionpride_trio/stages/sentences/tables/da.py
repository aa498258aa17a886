"""Danish."""

from __future__ import annotations

from ._classes import Language, words

DANISH = Language(
    code="da",
    never=words("""
        hr fr frk dr prof ing cand stud mag lic st skt kgl dir fhv f.eks feks dvs d.v.s
        bl.a m.a.o jf jfr evt inkl ekskl pga p.g.a mht m.h.t ift vedr vha v.h.a iflg sml
        sædv sk s.k nuv tidl opr hhv resp bla m.h.p i.e f.o.m t.o.m fx pr d.d cand.jur
        cand.mag cand.merc cand.polit cand.scient cand.med dr.med dr.phil dr.jur Hr Fr
        jur mag.art adm ekspl fork forsk gdr ggs grdl henv ibid insp isl jvf kbh komm
        kst lat lign lok maks mekan nord oecon oms overs p.t phil polit russ sg soc spm
        subst suppl sv såk sådv t.eks t.v t.h tekn telefonnr tdl tlfnr udg undt univ
        vedk vejl vs vsa årg årh
        """),
    number=words("""
        s nr kap pkt bd afsn tlf årg § sp fig tab vol kl lb.nr lbk matr.nr journ.nr ca
        """),
    maybe=words("tirs tors fre lør a/s aps inc ltd co jr sr f.kr e.kr mdr gl Co"),
    unit=words("mio mia kr sek pct stk"),
    end=words("osv etc m.m m.v mv mm m.fl mfl o.l ol o.a o.lign og.lign er_ok"),
    months=words("""
        januar februar marts april maj juni juli august september oktober november
        december
        """),
    before_ordinals=words("den d ved til fra det på og eller"),
    ordinals=True,
    starters=words("""
        Af Alle Allerede Alligevel Altså Andre Ifølge At Blandt Både Da De Den Denne Der
        Derefter Derfor Deres Derudover Desuden Desværre Det Dette Dig Din Disse Dog Du
        Efter Ej Eller Ellers En Er Et Endelig Flere For Fordi Forresten Fra Før Gennem
        Ham Han Har Hans Hende Hendes Her Herefter Hun Hvad Hvem Hver Hvilke Hvilken
        Hvis Hvor Hvordan Hvorfor Hvornår I Ikke Imens Imidlertid Ingen Jeg Kan Kun Lad
        Man Mange Med Mellem Men Mens Mere Min Mit Måske Ned Nej Nogle Nu Når Og Også Om
        Op Over På Selv Selvom Senere Siden Skal Ske Som Sin Står Så Således Ta Tak Til
        Under Ud Uden Var Ved Vi Vil Ville Være Vores To Tre Fire Fem Seks Ti Hej
        Undskyld Selvfølgelig Naturligvis Fint Godt Klik Åbn Vælg Tjek Husk Prøv Brug
        Skriv Ring Gå Tag Sæt Find Læs Kom Se Lav Send Alt Alting Intet Noget Nogen
        Begge Bortset Bagefter Dengang Derimod Derved Dermed Desto Egentlig Eftersom
        Faktisk Først Førstnævnte Generelt Hvorimod Hvorvidt Hverken Hos Igen Inden
        Indtil Især Jo Kunne Lige Langs Mest Midt Mig Mod Måtte Nogensinde Nærmest Næste
        Ofte Omkring Os Sammen Sidste Siger Sikkert Sjældent Skulle Snart Sådan Trods
        Uanset Ude Udover Undtagen Vel Vist Vor Vore Årsagen
        """),
    local=words("""
        mia bla opr tab tors fr dir stud adj if pr gl sp mm mv ol ons fre mar mio s den
        det d til Af At Alle Da De Den Der Du En Er Et For Han Har Hans Hun I Kan Kun
        Man Med Men Min Om Op Over Ta Til Under Var Vi Ham Din Lad Her Skal Andre Som
        Ned To Tre Fire Find Send Se Alt Os Mod Mig Ring Kom Brug Ti Igen Vel og eller
        Lav Tag Jo int maks jur komm lat nord oms fork phil sg soc russ mekan lok overs
        cand co
        """),
    street_ends=("gd", "g", "v", "pl"),
    word=words("søn min jan feb mar apr jun jul aug sep sept okt nov dec"),
)
