"""Text as models write it: several scripts, markdown, code, quotes, numbers, addresses."""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st

# In each list the plainest comes first: failing examples shrink towards it.
_PLAIN_CHARACTERS: Final = "ab .,\n!?\"'-é🙂\r"
_PLAIN: Final = ["a", " ", ". ", ", ", "b", "\n", "B", "\n\n", "? ", '"']
_WORDS: Final = [
    "a", "Is", "I", "the", "Whales", "sleep", "Dr", "e.g", "U.S", "No", "p.m", "etc", "J", "café",
    "cafe\u0301", "naïve", "Straße", "z.B", "Привет", "мир", "т.е", "你好", "世界", "こんにちは",
    "안녕", "नमस्ते", "สวัสดี", "שלום", "مرحبا", "\ufeff", "\u200b", "İ", "ﬁ",
]  # fmt: skip
_NUMBERS: Final = ["1", "3.14", "1,000", "$5.50", "12:30", "1.2.3", "٣", "10%", "-0", "1e9", "½"]
_SPACES: Final = [" ", "  ", "\n", "\n\n", "\t", "\r\n", "\r", " \n", "\u00a0", "\u3000", "\u2028"]
_ENDS: Final = [
    ". ", ".", "! ", "?", "...", "…", "?! ", ".) ", '." ', ".\u201d ", "。", "！", "۔", "؟ ", "।", ": ",
    ", ", "; ", " - ", "—",
]  # fmt: skip
_QUOTES: Final = [
    '"',
    "'",
    "\u201c",
    "\u201d",
    "\u2019",
    "«",
    "»",
    "„",
    "「",
    "」",
    "(",
    ")",
    "[",
    "]",
]
_MARKS: Final = [
    "# ", "## ", "- ", "* ", "1. ", "> ", "**", "*", "_", "`", "```", "```python\n", "~~~", "---\n",
    "| a | b |\n", "|---|---|\n", "[a](https://a.b/c.)", "![", "<b>", "<think>", "</think>", "&amp;",
    "\\", "$$", "<!--", "-->",
]  # fmt: skip
_CODE: Final = [
    "x = 1\n",
    'print("a. b")\n',
    "a.b()",
    "i++;",
    '{"a": 1}',
    "\\n",
    "\\u00e9",
    "/* . */",
]
_ADDRESSES: Final = ["https://a.b/c?d=1.", "www.a.com", "a@b.co", "v1.2", "a.txt", "::1", "C:\\a"]
_EMOJI: Final = ["🙂", "👍🏽", "👩‍👩‍👧", "🇩🇪", "❤️", "1️⃣"]


_FRAGMENTS: Final = [
    *_PLAIN, *_WORDS, *_SPACES, *_ENDS, *_NUMBERS, *_QUOTES, *_MARKS, *_CODE, *_ADDRESSES, *_EMOJI
]  # fmt: skip


def prose(*, min_size: int = 0, max_size: int = 60) -> st.SearchStrategy[str]:
    """Text as models write it, and worse; of at most about *max_size* fragments.

    Words of many scripts, abbreviations, numbers, quotes, markdown, code, addresses, emoji of
    several code points, rare white space.  Every text encodes as UTF-8.  Shrinks to a few
    characters.
    """
    # Not st.text(): of these characters it would take "?" for the simplest.
    character = st.sampled_from(_PLAIN_CHARACTERS)
    plain = st.lists(character, min_size=min_size, max_size=max_size).map("".join)
    # The most frequent parts of texts are drawn most often.
    fragment = st.one_of(st.sampled_from(_PLAIN), st.sampled_from(_FRAGMENTS))
    mixed = st.lists(fragment, min_size=min_size, max_size=max_size).map("".join)
    return st.one_of(plain, mixed)


def json_arguments() -> st.SearchStrategy[dict[str, object]]:
    """Arguments of a tool call: small, with integers that no float can hold."""
    leaves = st.one_of(
        st.integers(-(2**70), 2**70),
        st.booleans(),
        st.none(),
        st.sampled_from(["", "a", 'a "b"', "é\n", "🙂", "\u2028", "\\", "</", "{"]),
    )
    values = st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=2),
            st.dictionaries(st.sampled_from(["a", "é", "b c"]), inner, max_size=2),
        ),
        max_leaves=4,
    )
    return st.dictionaries(st.sampled_from(["a", "path", "ключ", "x y"]), values, max_size=3)
