"""Thai, which ends its sentences with white space: a dot belongs to an abbreviation."""

from __future__ import annotations

from ._classes import Language, words

THAI = Language(
    code="th",
    never=words("""
        นพ พญ ทพ ทพญ สพ ดร ศ รศ ผศ อ อจ ม.ร.ว ม.ล ม.จ พล.อ พล.ท พล.ต พล.ต.อ พล.ต.ท
        พล.ต.ต พ.อ พ.ท พ.ต พ.ต.อ พ.ต.ท พ.ต.ต ร.อ ร.ท ร.ต ร.ต.อ ร.ต.ท ร.ต.ต จ.ส.ต ส.ต.อ
        ด.ช ด.ญ น.ส ส.ส ส.ว จ ต ถ ซ กก กม ซม มม มล กรัม น ชม ป.ล ปล บจก บมจ หจก ร.พ รพ
        ร.ร รร ม ก.พ.อ ตร.ม ตร.กม
        """),
    number=words("""
        พ.ศ ค.ศ ร.ศ จ.ศ ฮ.ศ โทร หน้า ข้อ ม.ค ก.พ มี.ค เม.ย พ.ค มิ.ย ก.ค ส.ค ก.ย ต.ค พ.ย
        ธ.ค ป ม.1
        """),
)
