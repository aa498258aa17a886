"""Spanish."""

from __future__ import annotations

from ._classes import Language, words

SPANISH = Language(
    code="es",
    never=words("""
        Ud Uds Vd Vds sr sra sres sras srta srtas dr dres dras d dña dn lic licda ing
        arq prof profa mtro mtra gral cap cnel tte sgto alm pbro rvdo rvda fr mons excmo
        excma ilmo sto sta p.ej p.e v.gr ej cf cfr vid aprox EE FF RR CC JJ avda av avd
        pza ctra urb adm admon dpto depto esq ntra hnos máx mín tel teléf tfno afmo atte
        Sta Sto Sr.D Ing Cnel Gral Lcdo Lcda Ldo Lda Dña Hno Hna Hnos Mons Rvmo Excmos
        Ilmos Pbro Edo s.f p.o fdo Fdo izq izda izdo dcha dcho entlo gtos íd ib Mtra
        Mtro Cte Urb Pje Pza Gta Bco Crio Dra Ilma Av pl
        """),
    number=words("""
        pág págs p pp núm núms nro n.º n° nº cap caps art arts vol vols fig figs t párr
        § apdo aptdo lám Núm exp expte secc cuad fasc fol el_cap del_cap véase_cap
        ver_cap al_cap
        """),
    maybe=words("""
        febr mzo my lun mié jue vie sáb dom cía s.a s.l s.r.l s.a.c s.c inc ltda ltd jr
        ee.uu ff.aa cc.aa rr.hh rr.ee jj.oo uu s.m a.c d.c d.e.p hab min seg hr hrs c.p
        apdo
        """),
    unit=words("kg km cm mm ml"),
    time=words("a.m p.m"),
    end=words("etc etcétera está_ok todo_ok"),
    months=words("""
        enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre
        noviembre diciembre
        """),
    starters=words("""
        A Además Adicionalmente Ahora Al Algunas Algunos Ante Antes Aparte Aquel Aquella
        Aquí Asimismo Aunque Aún Así Bajo Bueno Cada Casi Como Con Cuando Cuál Cuándo
        Cómo De Debe Deben Debido Del Dentro Desde Desgraciadamente Después Donde Dos
        Dónde Durante E El Ella Ellas Ello Ellos En Entonces Entre Era Es Esa Esas Ese
        Eso Esos Esta Estas Este Esto Estos Está Están Fue Gracias Ha Hace Hacia Han
        Hasta Hay Hoy Igualmente La Las Le Les Lo Los Luego Mañana Me Mi Mientras Mis
        Muchas Muchos Muy Más Nada Nadie Ni Ninguna Ninguno No Nos Nosotros Nuestra
        Nuestro Nunca O Otra Otras Otro Otros Para Pero Podemos Por Porque
        Posteriormente Primero Pues Puede Pueden Que Quien Quién Qué Se Según Ser Será
        Si Siempre Sin Sino Sobre Solo Son Su Sus Sí Sólo También Tampoco Tal Tanto Te
        Tenemos Tiene Tienen Toda Todas Todo Todos Tras Tu Tus Tú Un Una Uno Usted Unas
        Unos Varios Vamos Y Ya Yo Él Éste Ésta Últimamente Tres Cuatro Cinco Seis Diez
        Abre Abra Haz Haga Ve Vaya Llama Llame Comprueba Revisa Revise Elige Elija Añade
        Añada Escribe Escriba Recuerda Recuerde Busca Prueba Pruebe Usa Utiliza Hola
        Perfecto Perdón Perdona Espero Puedo Quieres Quiere Necesitas Existe Existen
        Había Hubo Fueron Eran Estaba Estaban Estoy Somos Soy Tengo Actualmente
        Finalmente Generalmente Normalmente Recientemente Afortunadamente Posiblemente
        Probablemente Quizá Quizás Ojalá Nuestras Nuestros Vuestro Mía Suyo Aquellos
        Aquellas Alguno Alguna Alguien Algo Ambos Ambas Cuanto Cuánto Cuántos Cuáles
        Conforme Mediante Excepto Salvo Incluso Inicialmente Primeramente Tercero Juntos
        Dicha Dicho Dichas Dichos Tan Todavía Ayer Anoche
        """),
    local=words("""
        vid sto vie lun jue hab seg d alm t fig art set my ago dom esq máx fr ing sta
        adm tel A E O Y De Me Mi No Son Solo Sin Ser La Los Las Le Les Lo Te Ha Era Han
        Del Al Dos Tres Seis Col Cap Use Eran Haz Ve Puedo Algo Salvo Tan Rev Fdo ed ap
        exp arts ene uu ej caps av pl
        """),
    word=words("ene abr jun jul ago sept set oct nov dic"),
)
