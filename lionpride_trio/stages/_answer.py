"""The answer of a type: the schema that a model is given, and the data that is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast, overload

from .._errors import OutputInvalid
from .._typed_data import Misfit, reader_of, schema_of
from .._typed_data._places import inside
from .._typed_data._types import describe

T = TypeVar("T")

Schema: TypeAlias = Mapping[str, Any]
Data: TypeAlias = dict[str, Any] | list[Any] | str | float | None

WRAPPER: Final = "output"
_CONTAINERS: Final = frozenset(["array", "object"])
_ANYTHING: Final[Schema] = {}
_ALL: Final = ("array", "object", "string", "number", "integer", "boolean", "null")


class AnswerType(Generic[T]):
    """The type that an answer is to have.

    Providers take schemas of objects alone, so what may be something else is asked for as the one
    value of an object, under the key *wrapper*; it is read with and without that.

    :raises ConfigurationError: no data can have that type, or msgspec is not installed.
    """

    @overload
    def __init__(self, hint: type[T]) -> None: ...
    @overload
    def __init__(self: AnswerType[Any], hint: Any) -> None: ...
    def __init__(self, hint: Any) -> None:
        self.hint = hint
        """The type, as it was given."""
        self._schema = schema_of(hint)
        self._read: Callable[[Any], T] = reader_of(hint)
        tops = list(_branches(self._schema, self._schema))
        self.kinds = frozenset(kind for top in tops for kind in _kinds_of(top))
        """The kinds of data that may come, in the words of JSON Schema."""
        self.wrapper: str | None = None
        if self._schema.get("type") != "object":
            keys = {key for top in tops for key in top.get("properties", ())}
            # Whether an object is the answer or holds it is told by its first key.
            self.wrapper = WRAPPER
            while self.wrapper in keys:
                self.wrapper += "_"

    def __reduce__(self) -> tuple[Any, ...]:
        return AnswerType, (self.hint,)

    def __repr__(self) -> str:
        return f"AnswerType({describe(self.hint)})"

    @property
    def name(self) -> str:
        """A name that all providers take."""
        return (
            re.sub(r"[^a-zA-Z0-9]+", "_", self._schema.get("title", "")).strip("_")[:64] or "answer"
        )

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of an object that is the answer, or that holds it."""
        if self.wrapper is None:
            return self._schema
        inner = {word: value for word, value in self._schema.items() if word != "$defs"}
        made: dict[str, Any] = {
            "type": "object",
            "properties": {self.wrapper: inner},
            "required": [self.wrapper],
            "additionalProperties": False,
        }
        return {**made, "$defs": self._schema["$defs"]} if "$defs" in self._schema else made

    @property
    def starts(self) -> str:
        """The brackets that a document with the answer may begin with."""
        return "[{" if "array" in self.kinds else "{"

    @property
    def may_be_scalar(self) -> bool:
        """Whether the answer may be something else than an object or a list."""
        return bool(self.kinds - _CONTAINERS)

    def read(self, value: Any, text: str, path: str = "") -> T:
        """The answer that the data *value* is, which stands at *path* of what was written as *text*.

        :raises OutputInvalid: it has another type; says where.
        """
        try:
            return self._read(without_nulls(value, self._schema))
        except Misfit as misfit:
            places = inside(path, misfit.places)
            told = "; ".join(map(str, places))
            raise OutputInvalid(told, path=places[0].path, text=text) from None


def answer_type(given: Any) -> AnswerType[Any]:
    """*given*, or the `AnswerType` of it where it is a type itself."""
    kind: type[Any] = AnswerType
    return given if isinstance(given, kind) else AnswerType(given)


def without_nulls(value: Any, schema: Schema) -> Any:
    """*value* without the nulls that say of a key that it is left out.

    Where a provider wants every key of an object, null stands for one that need not be there.
    """
    return _Given(schema).value(value, schema)


class _Given:
    def __init__(self, root: Schema) -> None:
        self._root = root

    def value(self, value: Data, schema: Any) -> Any:
        if isinstance(value, dict):
            branch = self._branch(schema, "object", value)
            properties = branch.get("properties", {})
            rest = branch.get("additionalProperties")
            return {
                key: self.value(item, properties.get(key, rest))
                for key, item in value.items()
                if item is not None or not self._is_left_out(key, branch)
            }
        if isinstance(value, list):
            branch = self._branch(schema, "array", {})
            first = branch.get("prefixItems", ())
            items = branch.get("items")
            return [
                self.value(item, first[place] if place < len(first) else items)
                for place, item in enumerate(value)
            ]
        return value

    def _branch(self, schema: Any, kind: str, keys: Mapping[str, Any]) -> Schema:
        """The branch of *schema* that is of that *kind*, the first with room for all *keys*."""
        if not isinstance(schema, dict):  # there is none, or it is false
            return _ANYTHING
        branches = _branches(cast(Schema, schema), self._root)
        fitting = [one for one in branches if kind in _kinds_of(one)]
        roomy = [one for one in fitting if keys.keys() <= one.get("properties", {}).keys()]
        return next(iter([*roomy, *fitting, _ANYTHING]))

    def _is_left_out(self, key: str, branch: Schema) -> bool:
        """Whether a null under *key* can only mean that the key is left out."""
        schema = branch.get("properties", {}).get(key)
        if schema is None or key in branch.get("required", ()):
            return False
        return not any("null" in _kinds_of(one) for one in _branches(schema, self._root))


def _branches(schema: Schema, root: Schema) -> Iterator[Schema]:
    """The schemas of which one has to fit: references followed, unions taken apart."""
    left: list[Any] = [schema]
    while left:
        one = left.pop(0)
        if "$ref" in one:
            left.insert(0, definition(one["$ref"], root))
        elif "anyOf" in one:
            left[:0] = one["anyOf"]
        else:
            yield one


def definition(reference: str, root: Schema) -> Any:
    """The schema that a *reference* into the definitions of *root* names."""
    return root["$defs"][reference.rpartition("/")[2]]


def _kinds_of(schema: Schema) -> tuple[str, ...]:
    """The kinds of data that a *schema* without branches allows."""
    kind = schema.get("type")
    if isinstance(kind, str):
        return (kind,)
    if isinstance(kind, list):
        return tuple(cast("list[str]", kind))
    if "enum" in schema:
        return tuple(dict.fromkeys(map(kind_of, schema["enum"])))
    return _ALL


def kind_of(value: Any) -> str:
    """The type of a value of plain data, in the words of JSON Schema."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((str, "string"), (int, "integer"), (float, "number"), (list, "array")):
        if isinstance(value, kind):
            return name
    return "object"
