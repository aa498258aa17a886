"""The site of the page that asks several models at once; ``python -m lionpride_trio web`` serves it.

Layout: ``_files`` (what a browser loads), ``_guard`` (who may ask, and what a browser may do with the
answer), ``_facts`` (a chunk as the page is told it), ``_answers`` (one question to several models as one
stream), ``_app`` (the routes).  The page itself stands in ``lionpride_trio/web/page``.
"""

from ._answers import Ask as Ask
from ._app import Site as Site
from ._guard import Guard as Guard
