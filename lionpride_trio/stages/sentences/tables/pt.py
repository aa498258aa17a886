"""Portuguese."""

from __future__ import annotations

from ._classes import Language, words

PORTUGUESE = Language(
    code="pt",
    never=words("""
        sr sra srs sras srta dr drs dras prof profa profs eng enga engo arq adv exmo
        exma exmos ilmo revmo d mons pe fr cel cap gal gen maj sgt ten alm des dep p.ex
        cf cfr v.g i.e aprox av pça lgo tel tél dto esq vd v.exa v.exª exa sto sta n.b
        v.s v.sa Sta Sto Eng Enga Engº Cel Brig Dep Desa Arq Pe apto aptº cx qd Trav
        Estr Jd Vl Lg r.c p.f P.S S.Exa sr.ª Exª Ilmª Dra Ilma Av
        """),
    number=words("""
        ap pág págs p pp n.º nº n° núm cap caps art arts vol vols fig figs t § apto séc
        sécs parág fls no_cap do_cap
        """),
    maybe=words("""
        seg qua qui sex sáb cia ltda s.a s.a.r.l inc jr a.c d.c e.u.a hab min adm ed
        eds org orgs depto dpto
        """),
    unit=words("kg km cm mm"),
    time=words("a.m p.m"),
    end=words("etc está_ok"),
    months=words("""
        janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro
        dezembro
        """),
    starters=words("""
        A Agora Ainda Além Algumas Alguns Antes Ao Aos Apenas Apesar Após Aquele Aqui As
        Assim Até Cada Caso Com Como Contudo Conforme Da Das De Depois Desde Dessa Desse
        Desta Deste Devido Do Dos Durante E Ela Elas Ele Eles Em Enquanto Entre Então
        Entretanto Era Essa Essas Esse Esses Esta Estas Este Estes Estou Está Eu Existem
        Foi Foram Há Hoje Infelizmente Isso Isto Já Logo Mais Mas Me Mesmo Meu Minha
        Muitas Muitos Muito Na Nas Nem Nenhum Nesse Nesta Neste No Nos Nós Nossa Nosso
        Não Nunca O Obrigado Obrigada Onde Ontem Os Ou Outra Outras Outro Outros Para
        Pela Pelo Podemos Pode Por Porque Porém Portanto Primeiro Qual Quando Quanto
        Quase Que Quem Quer Se Segundo Sem Sempre Ser Será Seu Seus Sim Sobre Sua Suas
        São Só Também Tanto Tem Toda Todas Todavia Todo Todos Tudo Um Uma Umas Uns Vai
        Vamos Você Vocês É À Às Duas Dois Três Quatro Cinco Seis Dez Abra Abre Faça Faz
        Vá Ligue Liga Verifique Verifica Escolha Escolhe Adicione Escreva Escreve Lembre
        Lembra Procure Tente Tenta Usa Utilize Deixe Deixa Olá Perfeito Desculpe Espero
        Posso Queres Quero Precisa Preciso Existe Havia Houve Eram Estava Estavam Somos
        Sou Tenho Atualmente Actualmente Finalmente Geralmente Normalmente Recentemente
        Felizmente Possivelmente Provavelmente Talvez Nossas Nossos Aquela Aquelas
        Aqueles Algum Alguma Alguém Algo Ambos Ambas Quantos Quanta Quais Mediante
        Exceto Inclusive Inicialmente Primeiramente Terceiro Dito Tão Amanhã Daí Dali
        Deles Delas Dele Dela Nele Nela Neles Daquele Lá Cá Nisso Disso Pelos Pelas Num
        Numa Nuns Dum Duma Meus Minhas Teu Tua Teus Tuas Vossa Vosso Aquilo Tinha Tinham
        Teve Tiveram Fui Fomos Vou Vem Vêm Vão
        """),
    local=words("""
        ago maj min sto sta d pe des dep fr ten gal seg ter qua qui sex set out mai mar
        ed adm org t esq fig art alm adv dos eng tel ver A As Ao Da Das De Do Dos E Era
        Em No Na O Os Ou Se Sem Ser Pode Com Mas Logo Caso Sim Tem Vai Mais Um Por Como
        Use Usa Dez Posso Algo Dito Num Liga Faz Deixa Vou Vem Dois Seis séc fl Cap Ten
        Pe Pr Cel Trav arts ap hab cel caps av
        """),
    word=words("ter jan fev mar abr mai jun jul ago set out nov dez"),
)
