"""Finnish."""

from __future__ import annotations

from ._classes import Language, words

FINNISH = Language(
    code="fi",
    never=words("""
        esim ts ns nk ks vrt n toht tri prof maist fil.tri fil.maist dos os ao em eo ed
        huom joht kirj lk lyh maks määr nim nyk oik puh.joht pj po pvm rva s.o sis suom
        ruots engl saks so srk syn synt toim tj toimitusjoht u-mies vas virk vs yht yks
        ylim ma-pe alik kers luutn kapt maj evl ev.luutn kenr ylik vänr puh valt vast
        apul apul.prof arkkit dipl.ins ins
        """),
    number=words("s ss klo nro n:o kpl taul mom § art vol puh p vuos"),
    maybe=words("ma ti ke to pe la su eKr jKr eaa jaa e.Kr j.Kr Oy Oyj"),
    unit=words("milj mrd min sek km kg t h v kpl"),
    end=words("jne yms ym jms tms ja.muut on_ok"),
    months=words("""
        tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta
        elokuuta syyskuuta lokakuuta marraskuuta joulukuuta tammikuussa helmikuussa
        maaliskuussa huhtikuussa toukokuussa kesäkuussa heinäkuussa elokuussa syyskuussa
        lokakuussa marraskuussa joulukuussa vuosisadalla vuosisata
        """),
    ordinals=True,
    starters=words("""
        Aamulla Aina Aiemmin Ainakin Alle Aluksi Avaa Ehkä Ei Eivät Elleivät Eli Emme En
        Ennen Ensin Ensimmäinen Entä Erityisesti Esimerkiksi Et Että Eräs Hän Hänen He
        Hei Heidän Heti Huomaa Illalla Itse Ja Jo Jokainen Joka Joku Jonka Jos Joskus
        Jotkut Juuri Jälkeen Jälleen Kaikki Kanssa Kerro Kiitos Kiva Koko Koska Koskaan
        Kuinka Kuitenkin Kuka Kukaan Kun Kuten Kyllä Käytä Lisäksi Lisää Lopuksi
        Luultavasti Lähes Me Meidän Mielestäni Mihin Mikä Mikäli Mikään Miksi Milloin
        Minkä Minulla Minun Minä Missä Mistä Mitkä Mitä Miten Molemmat Monet Moni Muista
        Mukaan Mutta Muut Myös Myöhemmin Mä Ne Neljä Niiden Niin Niistä Nimittäin Noin
        Nuo Nyt Nykyään Näiden Näin Nämä Olen Oletko On Onko Onneksi Osa Ota Ovat Paljon
        Parhaillaan Pelkästään Paina Puhelin Pian Sama Samalla Samoin Se Seuraavaksi
        Seuraava Sekä Sen Siellä Siitä Siihen Siinä Siis Siksi Silloin Silti Sinun Sinä
        Sitten Sitä Sillä Suurin Tai Tarkista Tavallisesti Te Toinen Toisaalta
        Toivottavasti Tuo Tuolloin Tyypillisesti Tähän Tämä Tämän Tänään Tästä Tätä
        Täällä Usein Useat Vaan Vai Vaikka Vain Valitse Varmista Vastaavasti Vielä Viime
        Viisi Voi Voiko Voit Vuonna Vuosi Yhdessä Yhä Yksi Yleensä Yli Älä
        """),
    local=words("""
        s p n ma ti ke to pe la su v t h em ed os ns ts so nk sis op art maj joht tri mm
        min vas syn ks Ei En Et He Ja Jo Jos Me Ne On Se Tai Te Alle Kun Sen Vai Yli
        Vain Moni Osa Ota Tuo Sama Koko Voi Itse Eli Joku dos ao eo nim po saks valt
        vast ins yks puh ss klo jaa mom
        """),
)
