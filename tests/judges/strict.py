"""The official SDKs' types of a request, as judges that let no unknown key pass."""

import json

from pydantic import ConfigDict, TypeAdapter
from pydantic_core import SchemaValidator


def strict(kind):
    """A function that refuses a value, as JSON, which is not wholly of *kind* (a TypedDict).

    Three things must be put right.  A TypedDict lets unknown keys pass, at every depth.  An
    `Iterable` is checked by pydantic as it is drawn from, which nobody would do: a list with
    anything in it would pass.  And where an SDK takes an object of an answer as well, such as a
    block to be sent back, JSON of any such form would pass for one.
    """
    lenient = TypeAdapter(kind, config=ConfigDict(arbitrary_types_allowed=True))
    validator = SchemaValidator(_closed(lenient.core_schema))

    def check(value):
        validator.validate_json(json.dumps(value), strict=True)

    return check


def _closed(schema):
    if isinstance(schema, list | tuple):
        return type(schema)(map(_closed, schema))
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "model":
        kept = {word: schema[word] for word in ("cls", "ref") if word in schema}
        return {"type": "is-instance", **kept}
    closed = {word: _closed(inner) for word, inner in schema.items()}
    if schema.get("type") == "typed-dict":
        if "extras_schema" not in schema:  # a type that says itself that it is open
            closed["extra_behavior"] = "forbid"
        closed.pop("config", None)
    if schema.get("type") == "generator":
        closed["type"] = "list"
    return closed
