"""Italian."""

from __future__ import annotations

from ._classes import Language, words

ITALIAN = Language(
    code="it",
    never=words("""
        sig sigg sig.ra sig.na sig.re sigg.ri dott dott.ssa dott.ri dr prof prof.ssa
        l'on l’on dell'on dell’on all'on all’on dall'on dall’on
        proff ing avv arch geom rag on mons gen col cap ten serg cav comm uff egr gent
        gent.mo gent.ma spett preg ill.mo ecc.mo s.e s.s ss s.ta s.to rev p.es ad.es es
        cfr cf c.d cd cosid segg sogg agg avv.to v.le p.zza p.za c.so l.go str loc Dir
        amm dip meteor psicol idraul econ ad_es v.cte tel fraz abbr pref n.b ad Mons Cav
        Comm S.E Dott.ri s.l p.c.c il_sig del_sig al_sig dal_sig egregio_sig gentile_sig
        """),
    number=words("""
        pag pagg p pp n nn nr vol voll fig figg cap capp art artt tab par § fasc lett
        sez tav tavv parag prot ca il_cap del_cap nel_cap vedi_cap
        """),
    maybe=words("""
        genn febbr magg mag giugn lugl sett lun mer gio ven sab dom s.p.a s.r.l s.n.c
        s.a.s coop ltd inc soc f.lli jr a.c d.c ed edd ibid op.cit trad az min sec tot
        max
        """),
    unit=words("voll kg km cm mm"),
    end=words("ecc etc eccetera sgg seg e.a è_ok va_ok tutto_ok"),
    months=words("""
        gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre
        novembre dicembre
        """),
    starters=words("""
        A Ad Ai Al Alcune Alcuni Alla Alle Allo Allora Altri Anche Ancora Anzi Appena
        Attualmente Beh Bene Che Chi Ci Ciò Circa Come Comunque Con Contro Così Cosa Da
        Dai Dal Dalla Davvero Degli Dei Del Della Delle Dello Deve Di Dopo Dove Due
        Dunque Durante E Ecco Ed Era Essa Essi Esso È Fino Forse Fra Fu Gli Grazie Ha
        Hanno Ho I Il In Infatti Infine Inoltre Insomma Io L La Le Lei Li Lo Loro Lui Ma
        Mentre Mi Mia Mio Molte Molti Negli Nei Nel Nell Nella Nelle Nello Nessuno
        Niente No Noi Non Nonostante Nulla O Oggi Ogni Oltre Oppure Ora Per Perché
        Perciò Però Pertanto Più Poi Poiché Possiamo Prima Purtroppo Può Qual Quale
        Quali Qualsiasi Quando Quanto Quasi Quella Quelle Quelli Quello Questa Queste
        Questi Questo Qui Quindi Se Secondo Sebbene Sempre Senza Si Siamo Sia Sopra
        Soprattutto Sotto Spesso Sta Su Sua Subito Successivamente Sul Sulla Suo Tra
        Tale Tali Tutta Tuttavia Tutte Tutti Tutto Un Una Uno Vi Voi Vorrei Vuoi Tre
        Quattro Cinque Dieci Apri Apra Aprite Fai Faccia Fate Vai Vada Chiama Chiami
        Controlla Controlli Scegli Scelga Aggiungi Aggiunga Scrivi Scriva Ricorda
        Ricordi Ricordati Cerca Prova Provi Usa Usi Utilizza Lascia Lasciate Metti
        Mettete Ciao Certo Certamente Perfetto Scusa Scusi Scusate Buongiorno Buonasera
        Spero Posso Puoi Possono Potete Potrebbe Potresti Bisogna Basta Esiste Esistono
        Erano Aveva Avevano Furono Ebbe Stai Stanno Siete Dobbiamo Devi Devono Vuole
        Volete Recentemente Generalmente Normalmente Solitamente Probabilmente
        Fortunatamente Inizialmente Finalmente Innanzitutto Dapprima Altrimenti Eppure
        Finché Affinché Cosicché Benché Qualora Laddove Dovunque Ovunque Domani Ieri
        Stasera Stamattina Sì Nostra Nostro Vostro Vostra Qualche Qualcuno Qualcosa
        Ciascuno Ognuno Entrambi Entrambe Tante Tanti Dato Dati Visto Rispetto Riguardo
        Attraverso Lungo Presso Verso Eravamo Ero Eri Sei Sono
        """),
    local=words("""
        gent sig ago dip meteor loc max on don col ten comm ad es cd dir co n par mag
        set dom ven mer gio sab tot az ed st cav rag str arch ill ss uff ing soc tab seg
        mar fig art econ A Ad Ai Al Da Dai Del Di E Era I Ha La Le Lei Li Lo Ma Mi Mia
        No O Se Sei Si Su Tale Per Fu Non Un Due Sul Ho Tre Fai Vai Certo Basta Prova
        Usa Usi Posso Dato Dati Visto Lungo Verso Ero Eri Sen int pos Mons lett sett
        voll ott
        """),
    word=words("per_mar feb mar apr giu lug ago set ott nov dic"),
)
