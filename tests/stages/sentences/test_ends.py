"""Ends that were not heard once: back-ticks, labels, small words, emoticons, tags, headings."""

from __future__ import annotations

import pytest

from lionpride_trio.stages.sentences import SentenceSplitter

from .cases import Tally, load_own, split


@pytest.mark.parametrize(
    "marked",
    [
        # back-ticks that nothing closes
        "He said ``Yes.'' |Then he left. |She stayed. |The end came.",
        "Use the ` key. |Then press Enter. |It works.",
        "Press Ctrl+` now. |Press it again.",
        "Use `git status to look. |Then run `git add .` and commit. |Push it.",
        "Read `the manual. |It is short. |You will like it.",
        # … and those that something does
        'Call `print("Hi. There.")` now. |It says so.',
        "Use ``a ` b. C`` here. |It is code.",
        # labels and numbers
        "Tomorrow: 24. |Anything else?",
        "Room: 204. |Floor: 2. |Enjoy your stay.",
        "How many? |24. |Anything else?",
        "Steps: 1. Open it. |2. Close it. |3. Go.",
        "Three steps: i. Open it. |ii. Close it. |iii. Go.",
        "**Step 1.** Open it. |Wait.",
        # what no list of openers has
        "They sued Acme Inc. |Investors were glad.",
        "They sued Acme Inc. |Parking is free there.",
        "It ended in Aug. |Economists say so.",
        "We live on Main St. |Doors open at six.",
        "It costs $4 per kg. |Investors know.",
        "Jan. Feb. and Mar. were cold.",
        "Mt. St. Helens erupted.",
        # small names after numbers, Roman numerals, small texts
        "Go 1.21. |npm is next. |It is v2.1. |v2.0 is old.",
        "Q1. What is it? |It fell in Q1. |It rose later.",
        "it is at 5 p.m. |don't be late. |ok",
        "hey there :) |see you at 8. |bye",
        "was it good? |it was. |yes",
        # what belongs to a mark
        "That was fun! :) |See you.",
        "Danke! 🎉 |Also dann.",
        "It works. [1] [2] |Later it did not.",
        "He went away. [3]\n\n|Be good.",
        "He went away. [3]\n|Be good.",
        # tags
        "It is done.<br>|Line two<br/>|Line three",
        "<p>One.</p>|<p>Two.</p>",
        "<ul><li>One. |Two.</li>|<li>Three</li></ul>",
        "Press <b>Enter.</b> |Wait.",
    ],
)
def test_english(marked):
    assert "|".join(split(marked.replace("|", ""))) == marked
    assert "|".join(split(marked.replace("|", ""), language="en")) == marked


@pytest.mark.parametrize(
    ("language", "marked"),
    [
        ("ko", "네. |알겠습니다. |검토 중. |내일 봐요."),
        ("ko", "제1장. 서론입니다. |끝."),
        ("vi", "Tôi đồng ý. |Bạn đi đi."),
        ("vi", "PGS. TS. Lê Văn B sẽ đến. |Vâng ạ."),
        ("ru", "Это я. |Дверь открыта."),
        ("uk", "Це є. |Двері тут."),
        ("pt", "O que é. |Pergunte a ele."),
        ("sv", "Det är en ö. |Havet är blått."),
        ("da", "Det er en ø. |Havet er blåt."),
        ("tr", "Bu o. |Kapı açık."),
        ("de", "Wir sind in der Hauptstr. 5 in Ulm. |Dort ist es schön."),
        ("de", "Thutmosis III. |Die älteste Stadt ist Memphis."),
        ("de", "Bis morgen um 9. |Tschüss!"),
        ("de", "Er wohnt in der Lindenstraße 4. |Klingeln Sie."),
        ("fi", "Hän asuu osoitteessa Mannerheimintie 5. |Tulen pian."),
        ("id", "Bpk. Joko tinggal di Jl. Mawar No. 7. |Beliau baik."),
        ("th", "นพ. สมชาย มาแล้ว! |ขอบคุณครับ"),
        ("he", "הכתובת: ת.ד. 5. |זה רחוק."),
        ("fa", "او در سال ۱۳۵۰ ه.ش. در تهران بود. |بعد رفت."),
        ("ur", "وہ ایم.اے. پاس ہے۔ |جی۔"),
        ("ta", "திரு. குமார் வந்தார். |நன்றி."),
        ("bn", "ডা. রহমান ও মো. করিম আসবেন। |না।"),
    ],
)
def test_other_languages(language, marked):
    assert "|".join(split(marked.replace("|", ""), language=language)) == marked


KINDS = load_own("kinds.txt")


@pytest.mark.parametrize("case", KINDS, ids=["".join(case["pieces"])[:40] for case in KINDS])
def test_kinds_of_ends_are_heard_with_and_without_the_language(case):
    for language in (case["lang"], None):
        tally = Tally()
        found = tally.add(case, split("".join(case["pieces"]), language=language))
        assert found == ([], [])


@pytest.mark.parametrize("text", ["===)word. It ends.", "=)", "x =)) y. Z", "да)) Нет)"])
def test_a_smile_that_is_none_stops_nothing(text):
    assert "".join(split(text)) == text


@pytest.mark.parametrize("chunk", [1, 2, 3, 99])
def test_a_smile_behind_a_space_is_seen_however_it_arrives(chunk):
    text = "Ask the :-) World. So be it :) Then go =) Bye."
    splitter = SentenceSplitter()
    given = [p for at in range(0, len(text), chunk) for p in splitter.feed(text[at : at + chunk])]
    assert [*given, *splitter.flush()] == split(text)


def test_a_back_tick_silences_its_own_sentence_only_while_it_streams():
    splitter = SentenceSplitter()
    given = [piece for c in "Use the ` key. Now press" for piece in splitter.feed(c)]
    assert given == ["Use the ` key. "]


def test_a_bracket_that_is_no_citation_is_known_with_its_first_words():
    splitter = SentenceSplitter()
    given = [piece for c in "It is so. [Later that" for piece in splitter.feed(c)]
    assert given == ["It is so. "]


def test_of_a_fence_only_the_piece_that_closes_it_is_complete():
    pieces = split("Run:\n```sh\nmake\n```\nDone.")
    assert [(str(piece), piece.kind, piece.complete) for piece in pieces] == [
        ("Run:\n", "prose", True),
        ("```sh\n", "code", False),
        ("make\n", "code", False),
        ("```\n", "code", True),
        ("Done.", "prose", True),
    ]


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
@pytest.mark.parametrize("code", ["line", "block"])
def test_an_open_fence_is_told(end, code):
    pieces = split(f"Run:\n```sh\nmake. It\nThat is all. Good{end}", code=code)
    assert pieces[0] == "Run:\n"
    assert {(piece.kind, piece.complete) for piece in pieces[1:]} == {("code", False)}


def test_an_opening_fence_at_the_very_end_is_told():
    assert not split("Run:\n```sh")[-1].complete


def test_an_underlined_line_is_a_heading():
    pieces = split("Title\n=====\n\nText one. Text two.\n\n")
    assert [(str(piece), piece.kind) for piece in pieces] == [
        ("Title\n", "heading"),
        ("=====\n\n", "heading"),
        ("Text one. ", "prose"),
        ("Text two.\n\n", "prose"),
    ]


def test_indented_code_is_cut_at_its_line_breaks_only():
    pieces = split("Like this:\n\n    x = 1. # One\n    Y = x. Z\n\nThat is all. Yes.")
    assert [(str(piece), piece.kind) for piece in pieces] == [
        ("Like this:\n\n", "prose"),
        ("    x = 1. # One\n", "code"),
        ("    Y = x. Z\n\n", "code"),
        ("That is all. ", "prose"),
        ("Yes.", "prose"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "- An item. Yes.\n\n    more of it. Yes.\n",  # a paragraph of the item
        "\n\n    It was a dark night. He left.\n",  # a paragraph of prose
    ],
)
def test_indented_prose_is_no_code(text):
    assert "code" not in {piece.kind for piece in split(text)}
    assert len(split(text)) >= 2
