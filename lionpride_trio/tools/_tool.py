"""A tool: a function with what a model has to know of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Concatenate, Final, Generic, ParamSpec, TypeVar, cast, overload

import attrs
import trio

from .._errors import ConfigurationError, ToolArgumentsInvalid
from .._typed_data import Misfit, Place
from ._output import output_of
from ._running import OnPiece, run_function, run_in_time

P = ParamSpec("P")
Q = ParamSpec("Q")
R_co = TypeVar("R_co", covariant=True)

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_name(name: object) -> str:
    """*name*, if every provider takes it as the name of a tool.

    :raises ConfigurationError: one would refuse it.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ConfigurationError(
            f"a tool's name has 1 to 64 of A-Z a-z 0-9 _ -, and {name!r:.200} has not: write"
            " @tool(name=…)"
        )
    return name


@attrs.frozen(eq=False, repr=False)
class Tool(Generic[P, R_co]):
    """A function that a model may call, made by `tool` or `from_mcp`.

    Called as it is, ``weather("Oslo")``, it is the function that it was.  Where a model may use it, give
    it in ``tools=[weather]``.  Frozen; it may be used by any number of tasks at once.
    """

    name: str
    """The name that the model calls."""
    description: str
    """The text that tells the model of it: the function's docstring."""
    schema: Mapping[str, Any]
    """The JSON schema of its arguments.  Do not change it."""
    timeout: float | None
    """The seconds that one call may take; None for as long as it takes."""
    _function: Callable[P, R_co] = attrs.field(alias="function")
    _read: Callable[[Any], Mapping[str, Any]] = attrs.field(alias="read")
    _abandon: bool = attrs.field(default=False, alias="abandon")
    _is_method: bool = attrs.field(default=False, alias="is_method")

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        return self._function(*args, **kwargs)

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Tool[P, R_co]: ...
    @overload
    def __get__(
        self: Tool[Concatenate[Any, Q], R_co], instance: object, owner: type[Any] | None = None
    ) -> Tool[Q, R_co]: ...
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Tool[Any, Any]:
        """Bind a tool that was made of a method to its object, as methods are bound."""
        if instance is None or not self._is_method:
            return self
        function = cast(Any, self._function).__get__(instance, owner)
        return attrs.evolve(cast("Tool[Any, Any]", self), function=function, is_method=False)

    @property
    def __wrapped__(self) -> Callable[P, R_co]:  # ruff: ignore[bad-dunder-method-name] - functools' word
        """The function, for `inspect.signature` and ``help``."""
        return self._function

    async def call(
        self, arguments: str | Mapping[str, Any], *, on_piece: OnPiece | None = None
    ) -> Any:
        """Call the function with the *arguments* that a model wrote; return what it gives.

        *arguments* are JSON text, ``call.arguments``, or what it decodes to.  They are made into the types
        of the function's parameters, with attrs' validators.  *on_piece*, an async function, is given each piece that a
        generator yields, before the generator goes on.  Of a generator the result is its texts joined; where
        not all pieces are texts, the last piece, or what a plain generator returns.

        Opens no nursery.  An async function runs in the calling task, so a cancellation stops it where it
        waits.  A plain function runs in a thread, which cannot be stopped: a cancellation waits for its end, so
        that nothing runs on unseen, and a result that comes late is a result.  It may ask `trio.from_thread.check_cancelled` now and then, and a
        plain generator does at each piece; ``tool(abandon_on_cancel=True)`` leaves the thread behind.

        An exception of the function comes out as it is.

        :raises ToolArgumentsInvalid: they do not fit; the text names the places.  Nothing was called.
        :raises trio.TooSlowError: it took longer than `timeout`, without what *on_piece* took.
        """
        if self._is_method:
            raise ConfigurationError(
                f"tool {self.name!r} is a method, and its object is not known: take it from the"
                f" object, as in tools=[thing.{self.name}]"
            )
        await trio.lowlevel.checkpoint()
        keywords = self._read_arguments(arguments)
        run = partial(run_function, self._function, keywords, abandon=self._abandon)
        if self.timeout is None:
            return await run(on_piece)
        return await run_in_time(self.name, self.timeout, run, on_piece)

    def _read_arguments(self, arguments: object) -> Mapping[str, Any]:
        try:
            return self._read(_decoded(arguments))
        except Misfit as error:
            raise ToolArgumentsInvalid(
                f"wrong arguments for {self.name!r}: {error}",
                tool=self.name,
                places=[(path, message) for path, message, *_ in error.places],
            ) from error

    def output_of(self, result: Any) -> str | list[Any]:
        """The *result* of a call as the model is told it: text, or parts of a message.

        A text as it is, a model's answer as its text, a `TextPart` or `MediaPart`, or a list of them, as a
        list of parts; all else as JSON: objects of attrs and dataclasses, enums, dates, collections.

        :raises ToolError: JSON has no word for it.
        """
        return output_of(result, self.name)

    def as_openai(self) -> dict[str, Any]:
        """The declaration of the tool in OpenAI's form, which ``tools=`` takes on every provider."""
        about = {"description": self.description} if self.description else {}
        return {
            "type": "function",
            "function": {"name": self.name, **about, "parameters": dict(self.schema)},
        }

    def __repr__(self) -> str:
        return f"<Tool {self.name}({', '.join(self.schema.get('properties', ()))})>"


def _decoded(arguments: object) -> Any:
    """*arguments* as JSON data; no text at all is what some models write for no arguments."""
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments) if arguments.strip() else {}
        except (ValueError, RecursionError) as error:
            raise Misfit([Place("", f"they are no JSON: {error}")]) from error
    if not isinstance(arguments, Mapping):
        raise Misfit([Place("", f"expected a JSON object, got {arguments!r:.80}")])
    return dict(cast("Mapping[str, Any]", arguments))
