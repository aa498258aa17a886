"""Swedish."""

from __future__ import annotations

from ._classes import Language, words

SWEDISH = Language(
    code="sv",
    never=words("""
        t.ex bl.a dvs d.v.s m.a.o s.k s.a.s t.o.m fr.o.m f.d f.ö jfr jmf exkl inkl ev
        resp dr prof doc fil.dr fil.kand med.dr tekn.dr civ.ing ing kand lic o.s.a p.g.a
        pga m.h.a med.lic f.n fn ang avd bet dir eg egentl eng ersättn forts förf
        förk gm gr hr hrr kapt kompl kungl lat leg max min motsv ngn ngt obs orig p.s
        red reg särsk tekn t.v tf tidn urspr utg vard vs övers överl St S:t S:ta iaf fr
        """),
    number=words("""
        Storg Kungsg Drottningg Vasag Hamng Kyrkog Skolg s sid kap nr n:o fig bd tab st § art mom prop bet rskr dnr tel kl årg vol p pkt
        sp utg uppl ca
        """),
    maybe=words("mån tis tors fre lör sön inc ltd jr sr f.Kr e.Kr f.kr e.kr f.m e.m"),
    unit=words("kr tkr mkr mdkr tim sek km kg st"),
    end=words("osv o.s.v etc m.m mm m.fl mfl o.d o.dyl o.likn är_ok"),
    months=words("""
        januari februari mars april maj juni juli augusti september oktober november
        december
        """),
    before_ordinals=words("den"),
    starters=words("""
        Alla Allt Alltså Andra Ända Att Av Bara Både Båda Bland Bra Bör Ca Då De Den
        Denna Dessa Dess Dessutom Det Detta Där Därefter Därför Därmed Du Efter Eftersom
        Eller En Enligt Er Era Ett Exempelvis Fast Finns Flera Fler För Först Från Fråga
        Förutom Genom Ger Glöm Gå Göra Ha Hade Han Har Hans Hej Hela Hennes Hon Hur Här
        I Ibland Idag Igår Imorgon Ingen Inget Inga Innan Inom Inte Istället Ja Jag Ju
        Kan Kanske Klicka Kom Kontrollera Kunde Lägg Men Mellan Med Medan Mest Min Mina
        Mitt Många Man Minst Mot Måste Naturligtvis När Nej Ni Nu Nya Någon Något Några
        Näst Och Ofta Om Omkring Oss På Redan Runt Sedan Senare Senast Ser Sin Sina Sist
        Själv Skall Ska Skulle Skriv Som Så Sådan Sådana Tack Ta Till Tills Trots Tror
        Två Tre Tyvärr Under Ungefär Upp Ur Ut Utan Utöver Vad Var Vara Vart Varför
        Varje Varken Vem Vi Vid Vidare Vilken Vilka Vilket Vill Visst Viss Vår Våra Välj
        Väldigt Åter Återigen Även Äldre Öppna Över
        """),
    local=words("""
        s p st fr ev dir ing leg obs tel sid art bil bet min max mm red reg lat eng ngt
        dec mån prop mom ca doc fil.dr tab sp tf fn orig Alla Andra Bara Bra De Den Er
        Era En Ett Fast För Ger Ha Han Har Hela Hon I Ja Man Men Med Min Mina Ni Nu Om
        Se Som Ta Till Tre Under Upp Ur Ut Var Vara Vi Vill Mot Du Då Mest Ju Kan Bör
        Oss Dess Kom St Denna Mitt Minst Hans Ska eg tim ang lic forts
        """),
    street_ends=("g", "v", "gr"),
    word=words("min bil jan feb apr aug sept okt nov dec"),
)
