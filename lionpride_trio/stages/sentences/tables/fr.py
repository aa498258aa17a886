"""French."""

from __future__ import annotations

from ._classes import Language, words

FRENCH = Language(
    code="fr",
    never=words("""
        M mme mmes mlle mlles mgr dr drs pr prof me mes st ste sts stes vve c.-à-d c.à.d
        p.ex cf env av apr ap inf sup tél boul bd bld éd éds dir coll trad adj adv fém
        masc sing plur litt fam vx anc compl qq qqch qqn ll.aa.ii.rr LL MM NN ll.mm
        s.a.r s.s s.m s.a.s r.p ll.aa ll.ee n.d.l.r n.b Gén Lt Cdt Cne Sgt Adj Me Mgr
        Mtre Vve NB P.-S Dpt Dép Arr pte gde n.s syn angl ital chev fg q.v Av
        """),
    number=words("""
        p pp n° nº no vol t fasc chap par al art fig pl réf réfs § ill éd bat apt Civ
        Bull éq livr
        """),
    maybe=words("""
        juill lun ven sam dim cie ets sté s.a s.a.r.l s.a.s ltd inc jr sr fr min
        sec hab av.j.-c apr.j.-c j.-c ibid id loc.cit op.cit Civ Crim Cass Bull Rép Sté
        Cie Éts Assoc
        """),
    unit=words("mn kg km cm mm cl dl ml"),
    end=words("a y y_a etc suiv c'est_ok est_ok tout_ok"),
    months=words("""
        janvier février mars avril mai juin juillet août septembre octobre novembre
        décembre
        """),
    starters=words("""
        Ah Ailleurs Ainsi Afin Alors Après Au Aucun Aucune Auparavant Aussi Autre Aux
        Avant Avec Avez Beaucoup Bien Bref Car Ce Ceci Cela Celle Celui Cependant
        Certains Certaines Ces Cet Cette Ceux Chaque Chez Comme Comment Concernant Dans
        De Depuis Des Dès Donc Du Durant Elles En Encore Enfin Ensuite Entre Est Eux
        Finalement Grâce Hier Ici Ils Je Jusqu L La Le Les Leur Leurs Lors Lorsque Lui
        Là Ma Mais Malgré Mes Mon Même N Ne Ni Non Nos Notre Nous Néanmoins On Or Ou Oui
        Où Outre Par Parce Parfois Parmi Pas Pendant Peu Peut Plus Plusieurs Pour
        Pourquoi Pourtant Puisque Quand Quant Que Quel Quelle Quelles Quelqu Quels
        Quelques Qui Quoi Sa Sans Se Selon Ses Si Sinon Soit Son Sont Sous Souvent Sur
        Ta Tandis Tant Tes Ton Tous Tout Toute Toutefois Toutes Très Tu Un Une Vers
        Veuillez Voici Voilà Vos Votre Vous Y À Ça Était Étant Deux Trois Quatre Cinq
        Dix Voyez Vérifiez Ouvrez Cliquez Choisissez Ajoutez Appelez Prenez Faites Allez
        Laissez Notez Pensez Bonjour Désolé Bonsoir Premièrement Deuxièmement Notamment
        Également Certes Désormais Autrefois Demain Actuellement Quelque Rien Chacun
        Chacune Lequel Laquelle Faut Pouvez Voulez Souhaitez Allons Aujourd'hui Elle Et
        Il J'ai Merci Puis
        """),
    local=words("""
        a y
        ill sens jeu plur hab oct me mes no t al par art mar fr ap pr sup dir fam sing
        pl ven lun mer sam dim inf coll anc bat L N De Des Du Sur Ma Or Par Son Si Ton
        On Pas Plus Ta Se Car Non Tout Tant Y La Bien Mes Mon Bull Cass syn Arr mn ste
        cie litt id av
        """),
    word=words("jeu mer janv févr avr sept oct nov déc mar"),
)
