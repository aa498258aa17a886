"""Czech."""

from __future__ import annotations

from ._classes import Language, words

CZECH = Language(
    code="cs",
    word=words("něm nám"),
    never=words("""
        na_nám z_něm např tj tzn tzv mj popř příp resp doc prof ing ing.arch mgr bc judr mudr mvdr
        phdr rndr paeddr thdr dr.h.c csc sv ul tř č čp čj mgr.art angl lat fr
        rus viz cca por ppor kpt mjr plk gen npor prap rtm škpt rev arch red srov sp.zn
        vč zejm zvl alt event hl ev max mim kol odd os okr pozn pův st šk tel ústř vl
        zast zn zal dom dír ustan n.m.n n.l s.o z.s z.ú stol ml nar zem op arg říd sekr
        spol spolupr
        """),
    number=words("s str odst čl čís obr tab § písm kap roč vyd ods pol ř kat seš fol paragr sp"),
    maybe=words("""
        tis mil mld r.o a.s s.r.o k.s v.o.s o.p.s spol.s.r.o n.l př.n.l n.m sb st.l
        p.n.l př.Kr po.Kr př.kr
        """),
    unit=words("kč km kg hod min sek ks"),
    end=words("atd atp apod aj ap je_ok"),
    months=words("""
        ledna února března dubna května června července srpna září října listopadu
        prosince století ročník
        """),
    ordinals=True,
    starters=words("""
        Aby Ale Ani Ano Asi Až Bez Bohužel Bude Budou Byl Byla Byli Bylo Byly Během Co
        Což Čím Dále Další Dej Děkuji Dnes Do Dobrý Dokud Dva Díky Ještě Jak Jaká Jaké
        Jaký Jako Je Jeho Jejich Její Jen Jestli Jestliže Jde Já Jsem Jsi Jsme Jsou Kam
        Každá Každý Každé Kde Kdo Kdy Kdyby Když Klikněte Kolem Kolik Konečně Která
        Které Který Kromě Kvůli Lze Mají Mezi Mimo Mluvčí Mnoho Mnozí Mohu Moje Možná
        Může Můžete Můj My Má Mám Máme Máte Musí Na Nad Nakonec Naopak Naše Náš Např Ne
        Neboť Nebo Nejdříve Nejprve Nejsou Některé Někteří Nelze Není Než Nicméně Nikdo
        Nikdy Nyní O Oba Od Ode On Ona Oni Ono Otevřete Ostatní Pak Pamatujte Po Pod
        Podle Poté Potom Pokud Pouze Pozor Pro Proč Proto Protože Právě Před Předtím
        Přes Přesto Při Přidejte Původně S Sám Se Si Stejně Svůj Ta Tady Tak Také Takto
        Takže Tam Ten Tehdy Teď Tento Tato Toto Tito Tyto Ti Tím Toho To Tomu Totiž
        Třeba Tři Ty U Už Uprostřed V Ve Včera Vedle Většina Vše Všichni Všechny Všechno
        Však Vyberte Vzhledem Z Za Zadejte Zatím Zatímco Ze Zde Zda Zejména Zkontrolujte
        Zkuste Zřejmě
        """),
    local=words("""
        s st sp por os op max sb ev kol tel kap tab dom zem hl ml vl kat bod rev doc fr
        ks lat fol zn mil red nar arch gen cca alt min Ale Asi Bez Co Do Dva Je Jen Jak
        Ne Na Nad O Oba Od On Ona Oni Po Pod Pro S Se Si Ta Tak Tam Ten Ti To Ty U V Ve
        Z Za Ze My Pak Jeho Zde event mim odd stol arg aj zal pol ods č ap rus bc ul nám
        """),
)
