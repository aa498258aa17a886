"""Chunks, responses and messages as JSON text, and back: the identity.

A document is one line of ASCII: strict JSON that every reader takes, in files and event streams
too.  ``{"lionpride_trio": 1, "$": "TextChunk", "data": "Hel"}`` is one; 1 is the version of the
form.  An object of this library is its class under ``$`` and its fields, but for those that have
their default.  Plain data stands as it is.  What JSON has no word for, or would read as something
else, is an object with one key that begins with ``$``:

========================  ==================================================================
``{"$tuple": […]}``       a tuple
``{"$map": [[k, v], …]}`` a mapping whose keys are no plain strings, or begin with ``$``
``{"$text": [a, b, …]}``  ``a + b + …``, a text in which two lone surrogates would become one sign
``{"$int": "0x…"}``       a number of more digits than Python reads
``{"$float": "nan"}``     a number that JSON has not
``{"$time": "…"}``        a time, as ISO 8601 writes it
``{"$bytes": "…"}``       bytes, in base64
========================  ==================================================================

Layout: ``_writing`` and ``_reading`` (values to data and back), ``_documents`` (the texts above), ``_lines``
(the same for streams and journals, without the mark and fast), ``_classes`` (the classes with a form).
"""

from ._classes import NO_JSON, has_json_form
from ._documents import from_json, to_json
from ._lines import read_line, write_line
from ._reading import read
from ._writing import written

__all__ = [
    "NO_JSON",
    "from_json",
    "has_json_form",
    "read",
    "read_line",
    "to_json",
    "write_line",
    "written",
]
