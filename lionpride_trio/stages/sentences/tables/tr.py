"""Turkish."""

from __future__ import annotations

from ._classes import Language, words

TURKISH = Language(
    code="tr",
    never=words("""
        dr prof doç yrd arş gör öğr uzm op av müh mim alb yb bnb yzb tğm org korg tümg
        tuğg sn hz st örn bkz krş çev haz mah cad sok sk blv bul apt tel yak yakl ing
        alm fr Av T.C Ecz Mim Müh Alb Yb Bnb Yzb Ütğm Tğm Asb Tuğg İng Alm Far Yun çvr
        Ank İst Cad Sok Mah Apt Blv Mey Bul
        """),
    number=words("s sf no nu c md mad böl şek tab çiz fık Sy"),
    maybe=words("a.ş ltd şti tic san koop i.ö i.s m.ö m.s t.c oca şub nis tem ağu eyl"),
    unit=words("km kg cm mm dk"),
    end=words("vb vd vs.vb v.b v.s v.d o bu_o şu_o işte_o kim_o"),
    months=words("""
        Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık
        yüzyıl Yüzyıl
        """),
    ordinals=True,
    starters=words("""
        Ama Ancak Artık Ayrıca Aynı Bazen Bazı Belki Ben Bence Benim Bir Birçok Biz
        Bizim Böyle Böylece Bu Buna Bunlar Bunu Bunun Burada Bütün Daha Diğer
        Dolayısıyla Eğer En Evet Fakat Gibi Hatta Hayır Hem Henüz Hep Her Herkes Hiç
        Hiçbir İki İlk İse İşte İçin Kim Kısacası Lütfen Ne Neden Nasıl Nerede O Olarak
        Ona Onlar Onu Onun Orada Oysa Önce Özellikle Peki Rağmen Sadece Sen Senin Siz
        Sizin Son Sonra Sonunda Şimdi Şöyle Şu Tabii Tüm Ve Veya Var Ya Yalnız Yani Yine
        Yok Zaten Çok Çoğu Çünkü Üstelik Üç Dört Beş Altı Yedi Sekiz Dokuz On Merhaba
        Teşekkürler Tabi Elbette Harika Tamam Açın Aç Tıklayın Seçin Seç Kontrol Ekleyin
        Ekle Yazın Yaz Arayın Ara Kullanın Deneyin Dene Unutmayın Unutma Bakın Bak Gidin
        Git Gel Gelin Hangi Hangisi Kaç Nereye Nereden Niçin Niye Neyse Nitekim Nihayet
        Oldukça Olsa Öte Öteki Öyle Öyleyse Kimi Kimse Kendi Kendisi Karşın Kadar Hemen
        Herhangi Hele Gerçekten Genellikle Genelde Geçen Fazla Eskiden Dolayı Diye Değil
        Demek Bundan Bununla Bunlara Bunların Bazıları Başka Bana Aslında Asla Arada
        Ardından Aksi Akşam Bugün Yarın Dün Sabah Şayet Şimdilik Tek Tekrar Üzerine Uzun
        Yeni Yaklaşık Yoksa Zira Sana Sizce Sonuç Sonuçta Sık Sonradan Olur Olmaz Onlara
        Onların Oradan Ortada
        """),
    local=words("""
        nu tem oca nis eki md cad sok yak bul tel op org haz alm ing fr av sn s c tab
        san ara no Ama Ben Bir Biz Her Hem Hep Ne O Ona Son Sen Var Ve Ya En Kim Daha
        apt mad st On Ara Gel Git Bak Tek Yaz Av Alb Ank Mim Far Sok Alm Sy gör mim koop
        alb mah o
        """),
)
