"""Polish."""

from __future__ import annotations

from ._classes import Language, words

POLISH = Language(
    code="pl",
    never=words("""
        prof doc hab inż mgr lek ks bp abp św płk ppłk gen kpt por mjr sierż hr im np tj
        tzn tzw m.in ws ww wg al ul pl pow woj gm os zob red oprac tłum ds jw zw dot tel
        jęz łac ang niem franc wł ros pol gr asp szt plut kpr insp podinsp nadkom podkom
        mł gen.bryg kier wicemarsz zm ur zam zamieszk cdn ks.prof dh druh inz adw sędz
        kard prym bł o.o z.d ppor nadinsp ojc m.st d.s wsch zach płn płd śr wlk mies tyg
        """),
    number=words("""
        s str nr art poz pkt ust par rozdz t tab rys ryc godz § zał lit ks kw okr odc
        tabl wyk bm br
        """),
    maybe=words("""
        tys mln mld sp sp.k s.a s.c z.o.o p.n.e n.e stycz lut kwiec czerw sierp wrzes
        paźdz listop grudz proc wyd n.p.m p.p.m ub
        """),
    unit=words("zł min sek tys mln mld gr"),
    time=words("r w"),
    end=words("itd itp etc i.in jest_ok"),
    months=words("""
        stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października
        listopada grudnia
        """),
    ordinals=True,
    starters=words("""
        A Ale Albo Ani Aby Bez Bo Był Była Było Były Będzie Chociaż Choć Co Czasem Czy
        Dla Dlaczego Dlatego Do Dopiero Dziś Dzisiaj Dzięki Gdy Gdyby Gdzie I Ich Im
        Inne Inny Ja Jak Jaki Jako Jakie Jednak Jednakże Jego Jej Jest Jestem Jeśli
        Jeżeli Już Każda Każdy Każde Kiedy Kto Która Które Który Ktoś Lecz Mam Mamy Masz
        Mimo Może Można Musi My Na Nad Natomiast Nasz Nie Nikt Niektóre Niestety Niż
        Nowy O Od Ode On Ona One Oni Ono Oraz Oto Po Pod Podczas Ponadto Ponieważ Potem
        Poza Proszę Przed Przede Przez Przy Są Się Stąd Skąd Ta Tak Taka Taki Takie
        Także Tam Te Tego Ten Też To Tu Tutaj Tych Tylko Tym Tymczasem U W Wczoraj We
        Według Wiele Więc Wszyscy Wszystkie Wszystko Wtedy Z Za Zatem Zawsze Ze Zwykle
        Że Żeby Dwa Dwie Trzy Cztery Pięć Dziesięć Dzień Cześć Witam Witaj Dziękuję
        Przepraszam Świetnie Oczywiście Dobrze Super Pewnie Otwórz Kliknij Wybierz
        Sprawdź Dodaj Wpisz Napisz Zapisz Pamiętaj Zadzwoń Użyj Spróbuj Włącz Wyłącz
        Zrób Zagotuj Wymieszaj Zobacz Chcesz Czego Czemu Czyli Czym Gdyż Iż Jeden Jedna
        Jedno Każdego Kiedyś Kim Ktokolwiek Mieszka Mogą Mógł Mogła Muszę Nadal Najpierw
        Następnie Naprawdę Nawet Nic Obecnie Obie Oba Obaj Około Owszem Pierwszy
        Pierwsza Później Pomimo Prawdopodobnie Raczej Równie Również Skoro Sam Sama
        Spośród Szczególnie Teraz Tę Tą Tej Trzeba Twój Twoja Ty Wkrótce Właśnie Wobec
        Wraz Wreszcie Wspólnie Wszak Wszelkie Wśród Zanim Zaraz Zaś Zbyt Został Została
        Zostało Znów Żaden Żadna Żadne
        """),
    local=words("""
        doc maj od franc hab lek lut lit ros dot tel tab pow zob im os red por gr pol hr
        ks ds al pl gm r w s t in par ust wg ang med o A Ale Bez Co Do I Im Ja My Na Od
        On One Po Pod Ta Tak Te Ten To Tu U W We Z Za Ze Poza Tam O Ich Jest Oto Super
        Oba Ty Sam Sama Kim plut asp ob br kw ub bm ur Nic Mogą szt Obie druh mies zach
        kard zam
        """),
    word=words("ok"),
)
