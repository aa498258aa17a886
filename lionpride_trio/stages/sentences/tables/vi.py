"""Vietnamese."""

from __future__ import annotations

from ._classes import Language, words

VIETNAMESE = Language(
    code="vi",
    never=words("""
        TS ThS Th.S PGS.TS GS.TS GS.TSKH TSKH PGS.BS TS.BS ThS.BS BS.CKI BS.CKII T.S PGS P.GS GS G.S KS BS CN LS DS KTS NSND NSƯT NGND NGƯT TP Tp T.P
        TX Tx Ths CT TTg Ô B
        """),
    number=words("Q P Đ H X tr Tr trg ĐT đt Đt SĐT"),
    maybe=words("JSC"),
    end=words("v.v vv đ.v ý ạ ở à ừ ờ ồ ô"),
    starters=words("""
        Tôi Anh Chị Em Bạn Nó Họ Chúng Ông Bà Cô Chú Bác Cháu Mình Đây Đó Kia Nhưng Và
        Vì Nếu Khi Sau Trước Tuy Do Để Hãy Có Không Rồi Thì Vậy Ngoài Trong Theo Với Các
        Những Một Hai Ba Mỗi Đầu Cuối Hiện Nay Hôm Bây Cuối Tại Ở Từ Đến Bằng Cũng Đã
        Đang Sẽ Được Là Ai Gì Sao Tại Hay Hoặc Nên Mặc Dù Ví Cảm Xin Vâng Dạ Chào Ngày
        Năm Tất Cả Nhiều Ít Chỉ Còn Lúc Sáng Chiều Tối
        """),
    local=words("""
        Anh Em Do Ba Nay Khi Sau Theo Sao Gì Ai Chi Nam Hay Co CT BS DS LS CN KS Q P Đ H
        X B Ô tr Tr Ths Tp Tx Con Mai Tel Nhi Thi Vi Va Bà Cả Ca Bình Để Một
        """),
)
