"""Sentences from a stream of text: lossless, and the same however the text was cut.

Layout: `_cursor` is the window on the stream; `_splitter` is the machine that goes from candidate
to candidate and asks the rules: `_end_marks` (what follows a mark), `_abbreviations` and `_initials_and_numbers` (the word,
letter or number before a dot), `_caseless_marks` and `_scripts` (marks of one script), `_emoji`, `_lines` (line
breaks and Markdown), `_markers` (lists within a line), `_limits`.  Rules share `_closers` (what
belongs to a mark), `_reporting_verbs` (who says it), `_lowercase_starts` (small letters), `_following_word` (the next word).
`tables` has one module per language.  `_pieces` is what comes out.
"""

from __future__ import annotations

from ..._public import show_public_path
from ._pieces import Kind, Sentence
from ._splitter import SentenceSplitter

__all__ = ["Kind", "Sentence", "SentenceSplitter"]

show_public_path(globals())
