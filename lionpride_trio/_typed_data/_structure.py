"""Objects of a type, made of JSON data."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterable
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NotRequired,
    Required,
    TypedDict,
    TypeVar,
    cast,
    get_args,
    get_origin,
    overload,
)

import cattrs
from cattrs.gen import make_dict_structure_fn, override, typeddicts

from .._errors import ConfigurationError
from ._places import Misfit, Place, at_key, expected, inside, misfit, places_of, show
from ._schema import schema_of, schema_of_choice, schema_of_scalar
from ._types import (
    ARRAYS,
    MAPPINGS,
    NONE,
    SETS,
    describe,
    fields_of,
    is_bound,
    is_class,
    is_enum,
    is_named_tuple,
    is_typed_dict,
    members_of,
    msgspec,
    split,
)
from ._unions import read_union

T = TypeVar("T")

Reader = Callable[[Any], Any]

_CONVERTER: Final = cattrs.Converter(
    detailed_validation=True, forbid_extra_keys=True, use_alias=True
)
_PLAIN: Final = {str, int, float, bool, NONE}


@overload
def structure(value: Any, hint: type[T]) -> T: ...
@overload
def structure(value: Any, hint: Any) -> Any: ...
def structure(value: Any, hint: Any) -> Any:
    """The object of type *hint* that the JSON data *value* tells of, once; see `reader_of`."""
    return reader_of(hint)(value)


@overload
def reader_of(hint: type[T]) -> Callable[[Any], T]: ...
@overload
def reader_of(hint: Any) -> Callable[[Any], Any]: ...
def reader_of(hint: Any) -> Callable[[Any], Any]:
    """A function that makes the object of type *hint* of the JSON data that it is given.

    It takes what `schema_of` allows.  It is strict: a text is no number, and a key that a class does not have
    is a fault.  The validators of attrs run.  It raises `Misfit`, with the place of each fault.

    :raises ConfigurationError: JSON has no form for such a type, or msgspec is not installed.
    """
    try:
        read = _Readers().of(hint)
    except SyntaxError as error:  # of the code that cattrs writes, with the name of a class in it
        raise ConfigurationError(
            f"in {describe(hint)} a class has a name that Python could not write: give it one without"
            " brackets and blanks"
        ) from error

    def read_whole(value: Any) -> Any:
        try:
            return read(value)
        except RecursionError as error:
            raise misfit("is nested too deep") from error

    return read_whole


class _Readers:
    """The readers of the types that one type is made of."""

    def __init__(self) -> None:
        self._classes: dict[Any, Reader] = {}

    def of(self, hint: Any) -> Reader:
        kind, metadata = split(hint)
        bounds = tuple(one for one in metadata if is_bound(one))
        origin, arguments = get_origin(kind) or kind, get_args(kind)
        if members := members_of(hint):
            return functools.partial(read_union, [(one, self.of(one)) for one in members])
        if kind is Any or kind is object:
            return _as_it_is
        if isinstance(kind, TypeVar):
            return self.of(kind.__bound__ or Any)
        if origin is Literal:
            return _chooser([(one, one) for one in arguments])
        if is_enum(kind):
            return _chooser([(one.value, one) for one in kind])
        if is_class(kind):
            return self._class(kind)
        if is_named_tuple(kind):
            fields = fields_of(kind)
            least = sum(one.required for one in fields)
            items = [self.of(one.hint) for one in fields]
            return functools.partial(_read_tuple, items, least, lambda values: kind(*values))
        if origin is tuple and Ellipsis not in arguments[1:] and arguments:
            items = [self.of(one) for one in arguments if one != ()]
            return functools.partial(_read_tuple, items, len(items), tuple)
        if origin in ARRAYS or origin in SETS or origin is tuple:
            make = (
                origin if origin in {tuple, deque, frozenset} else set if origin in SETS else list
            )
            item = self.of((*arguments, Any)[0])
            return _checked(list, bounds, functools.partial(_read_array, item, make))
        if origin in MAPPINGS:
            schema_of(kind)  # raises where the keys could be no text
            key, value = arguments or (str, Any)
            return _checked(dict, bounds, functools.partial(_read_mapping, key, self.of(value)))
        return _scalar(kind, bounds)

    def _class(self, hint: Any) -> Reader:
        if hint not in self._classes:

            def read_later(value: Any) -> Any:
                return self._classes[hint](value)

            self._classes[hint] = read_later  # what the class itself gets, should it hold itself
            readers = {field: self.of(field.hint) for field in fields_of(hint)}
            self._classes[hint] = _class_reader(hint, readers)
        return self._classes[hint]


def _class_reader(hint: Any, readers: dict[Any, Reader]) -> Reader:
    hooks = {
        field.attribute: override(struct_hook=_hook_of(read)) for field, read in readers.items()
    }
    make: Any = make_dict_structure_fn
    if is_typed_dict(hint):
        # Made anew of what was read: after `from __future__ import annotations` neither Python nor
        # cattrs knows which of the keys may be missing.
        wrapped = {one.name: Required[Any] if one.required else NotRequired[Any] for one in readers}
        typed_dict: Any = TypedDict
        typed_dicts: Any = typeddicts
        hint, make = typed_dict("Keys", wrapped), typed_dicts.make_dict_structure_fn
    structure_class: Callable[[Any, Any], Any] = make(hint, _CONVERTER, **hooks)

    def read_object(value: Any) -> Any:
        if not isinstance(value, dict):
            raise expected("object", value)
        try:
            return structure_class(value, hint)
        except RecursionError:
            raise
        except Exception as error:
            raise Misfit(places_of(error, hint)) from error

    return read_object


def _hook_of(read: Reader) -> Callable[[Any, Any], Any]:
    """*read* as cattrs calls its hooks: with the type too."""
    return lambda value, _: read(value)


def _as_it_is(value: Any) -> Any:
    return value


def _chooser(choices: list[tuple[Any, Any]]) -> Reader:
    schema_of_choice(tuple(word for word, _ in choices))  # raises where there is none
    return functools.partial(_choose, choices)


def _choose(choices: list[tuple[Any, Any]], value: Any) -> Any:
    """The second of the pair whose first is *value*; ``True`` is not 1."""
    for word, choice in choices:
        if word == value and type(word) is type(value):
            return choice
    raise misfit(f"{show(value)} is none of {', '.join(repr(word) for word, _ in choices)}")


def _scalar(kind: Any, bounds: tuple[Any, ...]) -> Reader:
    schema_of_scalar(kind, bounds)  # raises where there is none
    read = functools.partial(_by_msgspec, kind, Annotated[kind, *bounds] if bounds else kind)
    if bounds or kind not in _PLAIN:
        return read
    return lambda value: value if type(value) is kind else read(value)


def _checked(kind: type, bounds: tuple[Any, ...], read: Reader) -> Reader:
    """*read*, after msgspec has held the value to be a *kind* of a size within *bounds*."""
    size = Annotated[kind, *bounds] if bounds else kind

    def read_checked(value: Any) -> Any:
        if bounds or not isinstance(value, kind):
            _by_msgspec(kind, size, value)
        return read(value)

    return read_checked


def _by_msgspec(kind: Any, hint: Any, value: Any) -> Any:
    if kind is int and isinstance(value, float) and value.is_integer():
        value = int(value)  # 3.0 is an integer, says JSON schema
    try:
        return msgspec().convert(value, hint)
    except UnicodeEncodeError:
        raise misfit(f"{show(value)} has half of a surrogate pair") from None
    except msgspec().ValidationError as error:
        text, _, path = str(error).replace("`", "").partition(" - at $")
        wanted, other_kind, _ = text.removeprefix("Expected ").partition(", got ")
        if other_kind and not path:
            raise expected(wanted, value) from None
        within = text.startswith("Expected ") and not path
        text = f"expected {wanted}, got {show(value)}" if within else text
        if not text.startswith("expected") and not path:
            text = f"{show(value)} is no {describe(kind)}"
        raise Misfit([Place(path.lstrip("."), text)]) from None


def _read_each(reads: Iterable[tuple[str, Reader, Any]]) -> list[Any]:
    """Give each value to its reader; all faults are raised together, at the paths that are given."""
    results: list[Any] = []
    places: list[Place] = []
    for path, read, value in reads:
        try:
            results.append(read(value))
        except Misfit as error:
            places += inside(path, error.places)
    if places:
        raise Misfit(places)
    return results


def _read_array(item: Reader, make: Callable[[list[Any]], Any], value: Any) -> Any:
    if item is _as_it_is:
        return make(value)
    return make(_read_each((f"[{number}]", item, one) for number, one in enumerate(value)))


def _read_tuple(
    items: list[Reader], least: int, make: Callable[[list[Any]], Any], value: Any
) -> Any:
    given = cast("list[Any]", value)
    if not isinstance(value, list) or not least <= len(given) <= len(items):
        many = f"{least}" if least == len(items) else f"{least} to {len(items)}"
        raise expected(f"array of length {many}", value)
    pairs = enumerate(zip(items, given, strict=False))
    return make(_read_each((f"[{number}]", read, item) for number, (read, item) in pairs))


def _read_mapping(key: Any, read: Reader, value: Any) -> Any:
    names = [at_key("", name) for name in value]
    values = _read_each(zip(names, [read] * len(names), value.values(), strict=True))
    if key in {str, Any}:
        return dict(zip(value, values, strict=True))
    # All keys of JSON are text, also those that are numbers.
    keys = _read_each(
        (name, functools.partial(_read_key, key), word)
        for name, word in zip(names, value, strict=True)
    )
    return dict(zip(keys, values, strict=True))


def _read_key(hint: Any, word: str) -> Any:
    try:
        return msgspec().convert(word, hint, strict=False)
    except msgspec().ValidationError:
        raise misfit(f"the key {show(word)} is no {describe(hint)}") from None
