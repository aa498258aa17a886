"""The decision tables of docs/sentences.md: what is decided, and after how many characters."""

from __future__ import annotations

import pytest

from lionpride_trio.stages.sentences import SentenceSplitter

from .cases import split

# The text up to the end of a sentence; what has to follow until it is known; what may come then.
ROWS: list[tuple[str, str, str, str]] = [
    ("full stop, capital", "It works.", " N", "ow."),
    ("full stop, digit", "It works.", " 2", " times."),
    ("full stop, emoji", "It works. 🎉", " Y", "es"),
    ("full stop, emoji that marks what follows", "It works.", " ✅", " Yes"),
    ("full stop, inline code", "It works.", " `", "x` too."),
    ("full stop, letters without case", "좋아요.", " 네", "."),
    ("full stop, opening quote", "It works.", ' "N', 'ow."'),
    ("full stop, emphasis", "It works.", " **N", "ow**"),
    ("full stop, dash", "It works.", " – N", "ow"),
    ("several spaces", "It works.", "   N", "ow."),
    ("emoji before a starter", "Great job 🎉", " Now ", "go on."),
    ("closing quote", 'He said "Go."', " S", "he left."),
    ("closing bracket", "(It works.)", " N", "ow."),
    ("closing emphasis", "**It works.**", " N", "ow."),
    ("citation", "It works.[1][2]", " N", "ow."),
    ("citation after a space", "It works. [4]", " N", "ow."),
    ("superscript", "It works.²", " N", "ow."),
    ("link", "[It works.](https://a.b/c)", " N", "ow."),
    ("closing quote, Danish", "»Nu går jeg!«", " Hun ", "gik."),
    ("HTML end tag", "<b>It works.</b>", " N", "ow."),
    ("French closing quote", "« Oui. »", " I", "l part."),
    ("question", "Really?", " Y", "es"),
    ("exclamation", "Wow!!!", " Y", "es"),
    ("mixed marks", "What?!", " Y", "es"),
    ("question in a quote, starter", '"Why?"', " The ", "end."),
    ("brand with a mark", "He works at Yahoo!", " She ", "does not."),
    ("Chinese full stop", "你好。", "我", "们走。"),
    ("Chinese question, quote", "他问：“真的？”", "然", "后走了。"),
    ("Japanese bracket", "「はい。」", "そ", "して。"),
    ("danda", "नमस्ते।", " आ", "प"),
    ("Urdu full stop", "جی ہاں۔", " ک", "یا"),
    ("Arabic question", "كيف حالك؟", " أ", "نا"),
    ("Armenian", "Լավ եմ։", " Ի", "նչ"),
    ("Greek question", "Τι κάνεις;", " Κ", "αλά"),
    ("Ethiopic", "እንደምን አለህ፧", "መ", "ልካም"),
    ("small sentence", "hey there.", " h", "ow"),
    ("name like iPhone", "It is popular.", " iP", "hone sales rose."),
    ("name like macOS", "Please restart it.", " macO", "S needs it."),
    ("name like foo.bar", "It is a module.", " foo.b", "ar is one."),
    ("address", "See the full list.", " https://", "a.b is up."),
    ("version after a question", "Is it out?", " v2", " is."),
    ("et cetera", "Pens, paper, etc.", " W", "e go"),
    ("company before a starter", "They sued Acme Inc.", " It ", "lost."),
    ("dotted country before a starter", "I live in the U.S.", " How ", "about you?"),
    ("degree before a starter", "She has a Ph.D.", " It ", "is hers."),
    ("month before a starter", "He died in Dec.", " She ", "wept."),
    ("number word before a starter", "Is it on that p.", " However ", "not."),
    ("no, alone", "No.", " W", "e need it."),
    ("time before a starter", "We close the shop at 6 p.m.", " Come ", "back."),
    ("unit after a number", "It is 5 km.", " T", "hen"),
    ("plan B", "We use plan B.", " T", "hen"),
    ("pronoun I", "It is you and I.", " Did ", "you know?"),
    ("variable", "Now solve for x.", " Divide ", "by 2."),
    ("regnal number", "So said Carol I.", " A f", "ost primul rege."),
    ("number", "It costs 1,000.", " T", "hat"),
    ("small number", "There are 12.", " Q", "uite"),
    ("small number, like a month", "There are 12.", " Mo", "st"),
    ("ellipsis", "I never said that...", " T", "he"),
    ("ellipsis character", "Let me think…", " Y", "es"),
    ("four dots", "I never meant that....", " S", "he"),
    ("no space", "Hello world.", "Today ", "is"),
    ("blank line", "A title", "\n\n", "Text"),
    ("blank line with spaces", "A title", "\n  \n", "Text"),
    ("blank line, CRLF", "A title.", "\r\n\r\n", "Text"),
    ("line, full stop", "It works.", "\nN", "ow"),
    ("line, colon", "You need:", "\ne", "ggs"),
    ("line, item", "Some words", "\n- ", "eggs"),
    ("line, bullet", "some words", "\n•", " eggs"),
    ("line, number", "It works.", "\n1", ". eggs"),
    ("line, number after a wrapped line", "x" * 60, "\n1. ", "eggs"),
    ("line, heading", "some words", "\n#", " Eggs"),
    ("line, fence", "some words", "\n`", "``py"),
    ("line, heading after a wrapped line", "x" * 60, "\n# ", "Eggs"),
    ("line, fence after a wrapped line", "x" * 60, "\n```", "py"),
    ("line, quote", "some words", "\n>", " eggs"),
    ("line, table", "some words", "\n|", " eggs"),
    ("line, rule", "some words", "\n---", "\n"),
    ("heading", "# Title. Here", "\nt", "ext"),
    ("table row", "| a. B | c |", "\n|", "---|"),
    ("bold line", "**Day one**", "\nS", "tart"),
    ("short line", "Best regards", "\nJ", "ane"),
    ("entries in small letters", "features", "\nc", "ontact manager"),
    ("list in a line", "1. The first item", " 2. T", "he second"),
    ("list in a line, bracket", "a) the first", " b) T", "he second"),
    ("bullets in a line", "• one", " •", " two"),
]


@pytest.mark.parametrize(
    ("sentence", "known", "rest"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_a_boundary_is_given_out_when_it_is_known_and_not_before(sentence, known, rest):
    splitter = SentenceSplitter()
    given = []
    for n, c in enumerate(sentence + known, 1):
        out = splitter.feed(c)
        given += out
        if n < len(sentence + known):
            assert given == [], f"after {(sentence + known)[:n]!r}"
    assert [piece.rstrip() for piece in given] == [sentence]
    assert split(sentence + known + rest)[0].rstrip() == sentence


CODE_LINES = ["```py\n", "a = 'x. Y'\n"]


def test_a_line_of_code_is_given_out_with_its_line_break():
    splitter = SentenceSplitter()
    assert [list(splitter.feed(line)) for line in CODE_LINES] == [[line] for line in CODE_LINES]


@pytest.mark.parametrize(
    "text",
    [
        # abbreviations, initials
        "I met Mr. The and Dr. However there.",
        "Use a stable sort, e.g. Timsort, i.e. The default.",
        "Acme Inc. Holdings and U.S. Senate and Ph.D. Students.",
        "See Fig. A, p. X, vol. II and No. 5.",
        "J. R. R. Tolkien met C.S. Lewis and Albert I. Jones.",
        "At 5 a.m. Mr. Smith left, at 6 p.m. Monday.",
        "Am 3. Mai, im 19. Jahrhundert, z. B. Berlin, 44 v. Chr. Geburt.",
        "Er kam als 2. Sieger ins Ziel.",
        "See hst. 2 and ordernr. 48213.",
        "Send it to 1400 N. Delaware Ave. today.",
        "1. A. Petrova won.",
        "途中出場のJ. オコナー",
        "उन्होंने पी.एच.डी. की",
        "He left at 4 p.m. – Take that as a fact.",
        "Chen et al. (2019) agree.",
        # numbers, names of things
        "Step 1. Preheat the oven.",
        "**일시**: 2024. 3. 15. 오후 2시",
        "It costs $3.50, v2.0.1, at 10.0.0.1, on 27.10.14.",
        "Use asyncio.Queue, Node.js, config.yaml and https://a.b/c?d=E!f.",
        "Jane.Doe@example.com wrote.",
        # what goes on in small letters
        'She said "This is great." she said.',
        "He teaches (He worked for 5 years.) at a school.",
        "Loading the model... done, 14 passed... 3 failed.",
        "What I mean . . . I did not.",
        "She works at Yahoo! in the accounting department.",
        '"Stop!" Anna shouted.',
        '"Run!" Mr. Hale shouted.',
        "“你怎么才来？”母亲问。",
        "“先有鸡还是先有蛋？”这个问题很难。",
        "《谁动了我的琴？》是一部电影",
        '"क्या?" मीना ने पूछा।',
        "「はい。」と言った",
        "“你好！”他说",
        "我们看《摔跤吧！爸爸》好吗",
        "I 💙 The Beatles and 🎉 Parties.",
        "你说……然后",
        # code
        'Use `print("Hi. There.")` now.',
        "Use ``a ` b. C`` now.",
        # lines
        "It was a cold \nnight in the city.",
        "She had\n12 corrections.",
        "It was approved by the\nBoard.",
        "This paragraph was wrapped by hand at about seventy characters by\nSmith himself.",
        "- an item that goes on\n  and on",
        "これは父の\n家です。",
        "| a. B | c! D |",
        "## 1. Title. More",
        # marks without meaning
        "Well . well",
        "Then \\[ a = 7. \\] follows.",
        "X = a ? b : c",
    ],
)
def test_no_boundary(text):
    assert split(text) == [text]
