"""German."""

from __future__ import annotations

from ._classes import Language, words

GERMAN = Language(
    code="de",
    never=words("""
        Hon Hr Fr Frl Fa BGBl Mind Gem gem geb herrn dr prof dipl ing mag lic st skt ev
        kath gest z.b d.h i.d.r u.a z.t z.zt zz zzt u.u i.a i.v i.h.v i.s.v i.s.d m.e
        v.a bzw vgl ggf evtl inkl exkl einschl insb insbes sog sogen bspw z z.hd z.hdn d
        u lt ehem urspr allg bes betr dt engl frz ital lat griech amerik österr schweiz
        i.e.s i.w.S i.w.s a.d v o.g u.g bezgl bzgl zzgl abzgl entspr jew jmd jmds jmdm
        verh verw wiss zus phil med jur rer nat pol theol habil ü w z.K z.H z.Zt i.e.S
        Sta Hl hl abh Abk Adr Angeb Bez bez Bhf Dr.-Ing Eig Einw Erl erw Forts gegr gek
        Ges ges hist Hptm i.Allg i.d.F Inh jüd kgl künstl landw landwirtsch luth männl
        mil möbl Mrd nachm nördl ö.B.u.v östl Pfr prot rd resp röm schwed südl techn
        teilw tschech türk v.u.Z versch Vors vorm wbl weibl westl Wwe z.T zool zw s.a
        Vorw russ poln span mhd ahd nhd altgr niederl norw dän schott chin jap arab i.R
        """),
    number=words("""
        nr nrn S Bd Bde Kap Abs Abschn Ziff Anm Rn Rdnr Rz Aufl Jg Tel Abb lfd Bl Rdn Tz
        Bsp Anh Anl Beisp Fn Kto Lfg Pos Sp Tbl zit Zit Zi Art ca
        """),
    word=words("art tab fig mind jan feb mär apr jun jul aug sep sept okt nov dez"),
    maybe=words("""
        Sen Mrd Mill str gmbh co kg ag e.v g.m.b.h a.g k.g v.chr n.chr chr o.ä u.ä o.a
        s.o s.u a.a.o ebd hrsg verl jh jhd jhdt jhdts tägl jährl mtl wtl ausg ff Mio Tsd
        tsd p.a Min Std Sek Stk Stck Co
        """),
    unit=words("Pfd Ztr"),
    end=words("""
        usw etc usf u.s.w u.a.m u.v.m u.v.a dgl dergl u.dgl ä o.dgl ist_ok sind_ok
        wär_ok alles_ok das_ok
        """),
    months=words("""
        Januar Jänner Februar Feber März April Mai Juni Juli August September Oktober
        November Dezember Jahrhundert Jahrhunderts Jahrhunderte Jahrestag Geburtstag
        Weltkrieg Weltkriegs Klasse Stock Platz Auflage Bundesliga Liga Spieltag Kapitel
        Lebensjahr Jahrtausend Mal Tag Tage Tages Woche Jahres Grad Grades Grads
        Mannschaft Halbzeit Runde Etage Obergeschoss Halbjahr Staffel Teil Ordnung Buch
        Akt Satz Armee Infanterie Bataillon Kompanie Korps Kammer Bezirk Arrondissement
        Wahlperiode Legislaturperiode Sitzung Vorsitzende Vorsitzender Bürgermeister
        Präsident Versuch Schritt Lauf Rennen Saison Stunde Sure Symphonie Sinfonie
        Konzert Gebot Hochzeitstag Todestag Staatsexamen Lesung Strophe Absatz Republik
        Dynastie Breitengrad Längengrad Strafsenat Zivilsenat Rang Jh Jhd Jhdt
        """),
    before_ordinals=words("""
        als im am vom zum zur der den dem des beim seit bis ab ihrem seinem ihren seinen
        jeden dieser diesen jedem nach vor oder und unserem unseren eurem jeder jede
        jedes
        """),
    ordinals=True,
    starters=words("""
        Aber Alle Allerdings Als Also Am An Auch Auf Aufgrund Aus Außerdem Bei Beide
        Beim Bis Bitte Da Dabei Dadurch Dafür Dagegen Daher Damals Damit Danach Daneben
        Dann Daran Darauf Daraufhin Daraus Darin Darüber Darum Das Dass Davon Dazu Dein
        Deine Denn Dennoch Der Deshalb Dessen Deswegen Die Dies Diese Dieser Dieses Doch
        Dort Du Durch Ebenso Eigentlich Ein Eine Einem Einen Einer Eines Einige Er Erst
        Es Etwas Falls Ferner Für Gegen Gibt Gleichzeitig Haben Hat Hier Hierbei Hierzu
        Hingegen Ich Ihr Ihre Im Immer In Insgesamt Ist Ja Jede Jeder Jedes Jedoch Jetzt
        Kann Kein Keine Können Leider Man Manche Manchmal Mein Meine Meist Mit Möchten
        Möchtest Nach Nachdem Natürlich Neben Nein Nicht Noch Nun Nur Ob Obwohl Oder Oft
        Ohne Seit Seitdem Sein Seine Sich Sie Sind So Sobald Sogar Solche Somit Sondern
        Sonst Später Trotz Trotzdem Um Und Uns Unser Unsere Unter Viele Vielen
        Vielleicht Vom Von Vor Während Wann War Warum Was Weil Weitere Weiterhin Welche
        Wenn Wer Werden Weshalb Wie Wir Wird Wo Wobei Zu Zudem Zuerst Zum Zunächst Zur
        Zusätzlich Zwar Zwischen Über Überall Übrigens Nächste Zwei Drei Fünf Sechs Zehn
        Anschließend Ebenfalls Erstens Zweitens Drittens Grundsätzlich Normalerweise
        Prüfen Prüfe Öffnen Öffne Klicken Klicke Wählen Wähle Achten Achte Beachten
        Beachte Denken Denke Lassen Lass Geben Gib Nehmen Nimm Machen Mach Schreiben
        Schreib Kommen Sag Sagen Rufen Ruf Bringen Bring Euer Eure Ihm Ihnen Ihren Ihrem
        Unserem Dem Den Des Deren Demnach Demzufolge Infolgedessen Je Jemand Niemand
        Nichts Alles Wohl Hallo Danke Bitteschön Gut Genau Richtig Stimmt Klar Gerne
        Gern Schon Selbst Seinem Seinen Beides Zuletzt Schließlich Endlich Letztlich
        Anfangs Heute Gestern Morgen Derzeit Aktuell Früher Bisher Bereits
        Beispielsweise Hinzu Statt Anstatt Sowohl Weder Entweder Mir Mich Dir Dich
        """),
    local=words("""
        gem geb S d u z med nat pol Am An Also Die War Man Er Hat Wo Denn Mit Um Des So
        In Im oder und vor nach s w Hl hl min Std ges max rd ü Ges hist ref geh Bez bez
        gek mil türk vorm Wwe span mhd chin arab russ zit Zit Zi Kto Pos Sp Art Fn Forts
        zus lat gest jur ev Anh Mind co
        """),
)
