"""Sentences from a stream of text: lossless, and the same however the text was cut.

Layout: `_cursor` is the window on the stream; `_splitter` is the machine that goes from candidate
to candidate and asks the rules: `_stops` (what follows a mark), `_words` (the word before a dot),
`_lines` (line breaks and Markdown), `_markers` (lists within a line), `_scripts`, `_limits`.
`tables` has one module per language.  `_pieces` is what comes out.
"""

from __future__ import annotations

from ._pieces import Kind, Sentence
from ._splitter import SentenceSplitter

__all__ = ["Kind", "Sentence", "SentenceSplitter"]
