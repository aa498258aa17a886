"""Sentences from a stream of text: lossless, and the same however the text was cut.

Layout, from the outside in: `_splitter` puts aside what decides nothing, `_machine` goes from
candidate to candidate and asks the rules, `_blocks` acts on line breaks and gives the pieces out.
They read through `_cursor`, the window on the stream, which counts `_inline_code`.

`_candidates` has what is searched for, and `_plain` the judgements that need no rule.

Rules: `_end_marks` (what follows a mark), `_abbreviations` and `_initials_and_numbers` (the word,
letter or number before a dot), `_behaviour` (what a class of words asks for), `_caseless_marks` and
`_scripts` (marks of one script), `_emoji`, `_tags` (HTML), `_line_breaks` and `_block_lines` (line
breaks and Markdown), `_markers` (lists within a line), `_forced_cuts`.
They share `_closers` (what belongs to a mark), `_reporting_verbs` (who says it),
`_lowercase_starts` and `_following_word`.  `tables` has one module per language; `_options` are
checked; `_pieces` is what comes out.
"""

from __future__ import annotations

from ..._public import show_public_path
from ._pieces import Kind, Sentence
from ._splitter import SentenceSplitter

__all__ = ["Kind", "Sentence", "SentenceSplitter"]

show_public_path(globals())
