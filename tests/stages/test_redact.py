"""Matches taken out of a stream are those that `re.sub` finds in the whole text."""

import re

import pytest
from hypothesis import assume, given, settings, strategies as st

from lionpride_trio import ConfigurationError, LimitExceeded
from lionpride_trio.stages import Redact
from tests.stages.cutting import cut, made_of, run

EMAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
CARD = r"\b(?:\d[ -]?){13,16}\b"
API_KEY = r"\bsk-(?:proj-)?[A-Za-z0-9_]{8,}"
BEARER = r"(?<=Bearer )[\w.~+/-]+=*"
PRIVATE_KEY = r"-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----"
PARTS = {
    EMAIL: ["bob", "@", "example", ".", "com", " ", "a@b", ".c", "\n", "<"],
    CARD: ["4111 1111 ", "1111-", "1111", "4", " ", "x", "-", "\n"],
    API_KEY: ["sk-", "sk", "proj-", "abcd1234", "_", " ", "s", "x", "é"],
    BEARER: ["Bearer ", "Bear", "er ", "abc", ".d", "=", "==", " ", "\n"],
    PRIVATE_KEY: ["-----BEGIN KEY-----", "-----END KEY-----", "-----", "-", "abc", "\n", "END"],
    r"(?i)password:\s*\S+": ["Password:", "pass", "word", ":", " ", "\n", "x1"],
    r"(?x) \d{3} [ -] \d{2}  # a number": ["123", "-", " ", "45", "6", "x"],
    r"\d+(?!\d|%)": ["1", "23", "%", " ", "a"],
    r"\d+(?= EUR)": ["1", "23", " ", "EU", "R", " EUR"],
    r"(?m)^secret.*$": ["secret", " x", "\n", "sec", "ret", "\r"],
    r"end\s*$": ["end", "e", "nd", " ", "\n"],
    r"^a+|b\Z": ["a", "b", "c", "\n"],
    r"(?:ab)*+c|(?>a+?|b)d": ["a", "b", "c", "d", "e"],
    r"(?i:A)b{2,}?c|[^]a-]-": ["a", "b", "bc", "]", "-", "x"],
    r"(?P<year>\d{4})\x2d(\d\d)(?#month)": ["2024", "-", "05", "1", "x"],
}


@pytest.mark.parametrize("pattern", PARTS)
@given(st.data())
@settings(max_examples=200)
def test_as_re_sub_however_the_text_is_cut(pattern, data):
    text, pieces = data.draw(cut(made_of(*PARTS[pattern])))
    expected = re.sub(pattern, "<>", text)
    for cutting in ([text], pieces, text):
        assert "".join(run(Redact(pattern, "<>"), cutting)) == expected


def quantified(pattern):
    return st.sampled_from([
        "",
        "",
        "",
        "*",
        "+",
        "?",
        "{2}",
        "{1,2}",
        "{,2}",
        "*?",
        "+?",
        "*+",
    ]).map(lambda quantifier: pattern + quantifier)


def composed(inner):
    grouped = st.builds(
        "{}{})".format,
        st.sampled_from(["(", "(?:", "(?>", "(?=", "(?!", "(?i:"]),
        inner,
    )
    part = grouped.flatmap(lambda g: st.just(g) if g[:3] in {"(?=", "(?!"} else quantified(g))
    return st.lists(part | inner, min_size=1, max_size=3).map("".join) | st.builds(
        "(?:{}|{})".format, inner, inner
    )


ATOMS = st.sampled_from(["a", "b", "-", r"\n", ".", "[ab]", "[^a]", r"\w", r"\s"]).flatmap(
    quantified
)
ANCHORS = st.sampled_from([r"\b", r"\B", "^", "$", r"\A", r"\Z", "(?<=a)", "(?<!ab)", "(?<=^a)"])
PATTERNS = st.builds(
    str.__add__,
    st.sampled_from(["", "(?m)", "(?s)"]),
    st.recursive(ATOMS | ANCHORS, composed, max_leaves=6),
)


@given(PATTERNS, cut(made_of("a", "b", "-", "\n", " ", max_size=9)))
@settings(max_examples=500)
def test_as_re_sub_for_any_pattern(pattern, text_and_pieces):
    text, pieces = text_and_pieces
    try:
        compiled = re.compile(pattern)
    except re.error:
        assume(False)
    assume(not compiled.search(""))
    # There is nothing to redact in an empty match.
    expected = compiled.sub(lambda match: "<>" if match[0] else "", text)
    for cutting in ([text], pieces, text):
        assert "".join(run(Redact(compiled, "<>"), cutting)) == expected


@given(st.lists(made_of("a", "b", max_size=4).filter(bool), min_size=1, max_size=4),
       cut(made_of("a", "b", "c")))  # fmt: skip
def test_strings_are_taken_as_they_are_and_the_longest_wins(strings, text_and_pieces):
    text, pieces = text_and_pieces
    longest_first = sorted(strings, key=len, reverse=True)
    expected = re.sub("|".join(map(re.escape, longest_first)), "<>", text)
    for cutting in ([text], pieces, text):
        assert "".join(run(Redact(strings, "<>"), cutting)) == expected


def test_only_a_possible_match_is_held_back():
    redact = Redact(API_KEY)
    assert list(redact.feed("my key is sk-12")) == ["my key is "]
    assert list(redact.feed("3 or s")) == ["sk-123 or "]
    assert list(redact.feed("k-12345678")) == []
    assert list(redact.feed(".")) == ["[redacted]."]
    assert list(redact.feed("done")) == ["done"]


def test_a_match_that_can_not_grow_is_given_though_its_pattern_could_go_on():
    redact = Redact(PRIVATE_KEY)
    text = "-----BEGIN KEY-----\nabc\n-----END KEY-----"
    assert list(redact.feed(f"{text} and more")) == ["[redacted] and more"]


def test_a_string_that_was_found_is_given_at_once():
    redact = Redact(["secret", "secretary"])
    assert list(redact.feed("a secret")) == ["a "]
    assert list(redact.feed("ary!")) == ["[redacted]!"]
    assert list(redact.feed("the secret")) == ["the "]
    assert list(redact.flush()) == ["[redacted]"]


def test_the_replacement_is_put_in_as_it_is():
    assert run(Redact("a", r"\1\n"), ["bab"]) == ["b\\1\\nb"]


@pytest.mark.parametrize(
    "pieces", [["a" * 11], ["a" * 10 + "b"], "a" * 11, ["x " + "a" * 11 + "b"]]
)
def test_what_is_longer_than_max_match_never_gets_through(pieces):
    redact = Redact("a+b", max_match=10)
    given = []
    with pytest.raises(LimitExceeded, match="longer than max_match=10") as caught:
        for piece in [*pieces, ""]:
            given += redact.feed(piece)
    assert (caught.value.limit, caught.value.value) == ("max_match", 10)
    assert "a" not in "".join(given)
    with pytest.raises(LimitExceeded):
        redact.flush()


def test_a_match_of_max_match_characters_is_replaced():
    assert "".join(run(Redact("a+b", "-", max_match=10), "x" + "a" * 9 + "b")) == "x-"


@pytest.mark.parametrize(
    ("pattern", "options", "match"),
    [
        ("", {}, "non-empty str for pattern"),
        ([], {}, "at least one string"),
        (["a", ""], {}, "non-empty str"),
        ("(", {}, "Redact was given '\\('"),
        ("a*", {}, "matches the empty text"),
        (re.compile(rb"a"), {}, "a pattern of str"),
        (r"(a)\1", {}, "cannot follow a back-reference"),
        (r"(?P<n>a)(?P=n)", {}, "cannot follow a back-reference"),
        (r"(a)?(?(1)b|c)", {}, "cannot follow a conditional group"),
        (r"(?<=a$)b", {}, "cannot follow \\$ inside a look-behind"),
        (r"(?<=a(?=b))b", {}, "cannot follow a look-ahead inside a look-behind"),
        (r"a(?x:b)", {}, "cannot follow the flag x for a part of it"),
        ("a", {"max_match": 0}, "max_match"),
        ("a", {"replacement": None}, "a str for replacement"),
        (["abc"], {"max_match": 2}, "write max_match=3 or more"),
        (7, {}, "Redact needs"),
    ],
)
def test_options_are_checked(pattern, options, match):
    with pytest.raises(ConfigurationError, match=match):
        Redact(pattern, **options)
