"""Each provider's citations have a place and a title."""

from __future__ import annotations

import pytest

from lionpride_trio.web.encoders._sources import place_and_title


@pytest.mark.parametrize(
    ("citation", "expected"),
    [
        # OpenAI's chat, and its Responses
        ({"type": "url_citation", "url_citation": {"url": "https://a.b", "title": "t"}}, ("https://a.b", "t")),
        ({"type": "url_citation", "url": "https://a.b", "title": "t"}, ("https://a.b", "t")),
        ({"type": "file_citation", "file_id": "file-9", "filename": "a.txt"}, (None, "a.txt")),
        # Anthropic's
        ({"type": "web_search_result_location", "url": "https://a.b", "title": None}, ("https://a.b", None)),
        ({"type": "page_location", "document_title": "t", "cited_text": "x"}, (None, "t")),
        # Gemini's
        ({"web": {"uri": "https://a.b", "title": "t"}}, ("https://a.b", "t")),
        ({"retrievedContext": {"text": "x", "title": "t"}}, (None, "t")),
        ({"uri": "https://a.b", "startIndex": 1}, ("https://a.b", None)),
        # Perplexity's
        ("https://a.b", ("https://a.b", None)),
        # what a page must make no link of, and nonsense
        ({"url": "javascript:alert(1)", "title": "t"}, (None, "t")),
        ({"url": 7}, (None, None)),
        (None, (None, None)),
    ],
)  # fmt: skip
def test_place_and_title(citation, expected):
    assert place_and_title(citation) == expected
