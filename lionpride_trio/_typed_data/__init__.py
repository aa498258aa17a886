"""Data of a type that a user wrote: its JSON schema, reading it with places of errors, writing it.

One walk over a type decides what its JSON looks like, in `_schema` for the model and in `_structure`
for what the model answers.  Classes, unions and collections are walked here, because msgspec refuses
unions of two classes; scalars, their formats and their bounds are msgspec's, on both sides, so that a
schema never allows what reading then refuses.  cattrs builds the objects, and runs attrs' validators.

Layout: ``_types`` (what a type is made of); ``_schema``; ``_places`` (what is wrong, and where);
``_unions`` and ``_structure``; ``_writing``.
"""

from ._places import Misfit, Place
from ._schema import schema_of, with_default
from ._structure import reader_of, structure
from ._writing import to_json_text

__all__ = ["Misfit", "Place", "reader_of", "schema_of", "structure", "to_json_text", "with_default"]
