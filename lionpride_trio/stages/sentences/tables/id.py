"""Indonesian, which Malay shares much with."""

from __future__ import annotations

from ._classes import Language, words

INDONESIAN = Language(
    code="id",
    word=words("hal"),
    never=words("""
        Bpk Bp Bpk Sdr Sdri Ir Drs Dra Hj H R.A R.M K.H KH Yth yth Tn Ny Jl jl Jln Gg Ds
        Kec Kab Kel Prov Ust Pdt Brigjen S.Pd S.H S.E S.T S.Kom S.Si S.Sos S.Ked M.Pd
        M.Si M.Hum M.M M.T M.Kes a.n u.p d.a s.d PT CV tsb yg dgn utk spt sbb a.l
        """),
    number=words("No no hlm Hlm Hal Rp rp telp Telp Tel vol Vol ps tgl Tgl"),
    maybe=words("Tbk dkk"),
    end=words("dll dsb dst d.l.l d.s.b d.s.t"),
    starters=words("""
        Saya Anda Dia Ia Mereka Kami Kita Ini Itu Namun Tetapi Tapi Dan Jika Kalau
        Ketika Setelah Sebelum Karena Oleh Untuk Dengan Pada Di Dalam Ada Tidak Apakah
        Apa Bagaimana Mengapa Kapan Siapa Selain Sementara Lalu Kemudian Akhirnya Beliau
        Silakan Mohon Terima Ya Bukan Sudah Belum Akan Bisa Harus Semua Setiap Banyak
        Beberapa Hanya Jadi Maka Meskipun Walaupun Padahal Sedangkan Selanjutnya
        Sekarang Hari Besok Kemarin Tolong Mari Jangan Coba Pilih Klik Buka
        """),
    local=words("""
        Ini Itu Di Dan Ada Pada Ia Ya Apa Dia Mari Coba Akan Jadi Hari Kita Kami Maka
        Hal H R.A No no Ds ps hal tgl Ust Ny Tn Bp rp Rp Kel
        """),
)
