"""`FlowBuilder`: operations of one's own functions, put together step by step."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from .._channels._recipe import Recipe, check_recipe
from .._errors import ConfigurationError
from .._readonly import ReadOnlyDict
from ..flow import Context, Graph, Operation, StreamBranch, fork
from ..flow._journaling import check_answer_name
from ..flow._mermaid import to_mermaid
from ..flow._operation import STREAM_SIZE
from ..flow._policy import OnError, Policy
from ._words import known_words

Work: TypeAlias = Callable[[Context], Any]
Stream: TypeAlias = Operation | StreamBranch


class Place(Protocol):
    """Where the function of an operation runs: `lionpride_trio.distributed.remote_options` makes one."""

    def place(self, function: Work) -> Work:
        """*function* as one that runs there."""
        ...


class FlowBuilder:
    """Makes the operations of one flow that need no model; `Builder` has those that ask one."""

    def __init__(self) -> None:
        self._operations: tuple[Operation, ...] = ()
        self._added: list[Operation] = []

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All added operations, in the order of adding."""
        if len(self._operations) != len(self._added):
            self._operations = tuple(self._added)
        return self._operations

    @known_words
    def transform(
        self,
        stream_from: Stream,
        transformer: Recipe,
        *,
        reduce: Callable[[list[Any]], Any] = list,
        name: str | None = None,
        id: str | None = None,
        depends_on: Iterable[Operation] = (),
        stream_size: int = STREAM_SIZE,
        timeout: float | None = None,
    ) -> Operation:
        """Send the chunks of an operation through *transformer*; the items that come out are the chunks.

        The result is *reduce* of all of them.  It takes no slot of ``max_concurrent``.
        """
        try:
            check_recipe(transformer)
        except TypeError as error:
            raise ConfigurationError(str(error)) from error
        recipe: Any = transformer
        return self._add(
            functools.partial(_pipe_stream, recipe),
            name=name or transformer.text,
            id=id,
            after=self._mine(depends_on),
            stream_from=stream_from,
            stream_size=stream_size,
            reduce=reduce,
            replay=list if reduce is list else None,
            timeout=timeout,
            takes_slot=False,
            parameters=made_with(transformer=transformer),
        )

    @known_words
    def add(
        self,
        function: Work,
        *,
        context_from: Iterable[Operation] = (),
        stream_from: Stream | None = None,
        reduce: Callable[[list[Any]], Any] = list,
        replay: Callable[[Any], Iterable[Any]] | None = None,
        name: str | None = None,
        id: str | None = None,
        depends_on: Iterable[Operation] = (),
        stream_size: int = STREAM_SIZE,
        timeout: float | None = None,
        retry: int = 0,
        parameters: Mapping[str, Any] | None = None,
        on: Place | None = None,
    ) -> Operation:
        """An operation of one's own: *function* is called with a `Context`.

        An async function returns the result, and may ``await context.send(chunk)``.  An async generator
        yields the chunks, or the function returns a `Source` of them; then *reduce* of all chunks is the
        result.  ``context.results[operation]`` has the results of
        *context_from* and *depends_on*, ``context.channel`` the chunks of *stream_from*.

        *replay* makes the chunks again of the result, for a flow that is resumed; async generators without
        *reduce* need none.  *parameters* are your own; read them as ``context.operation.parameters``.

        *on* is the place where it runs: ``on=remote_options(num_cpus=1)`` for a worker of Ray.
        """
        if replay is None and reduce is list and inspect.isasyncgenfunction(function):
            replay = list
        return self._add(
            function if on is None else placed(function, on),
            name=name or _name_of(function),
            id=id,
            after=(*self._mine(context_from), *self._mine(depends_on)),
            stream_from=stream_from,
            stream_size=stream_size,
            reduce=reduce,
            replay=replay,
            timeout=timeout,
            retry=retry,
            parameters=made_with(**(parameters or {})),
        )

    @known_words
    def subflow(
        self,
        operations: FlowBuilder | Iterable[Operation],
        *,
        max_concurrent: int | None = None,
        on_error: OnError | None = None,
        name: str = "subflow",
        id: str | None = None,
        depends_on: Iterable[Operation] = (),
        context_from: Iterable[Operation] = (),
        timeout: float | None = None,
    ) -> Operation:
        """A flow as an operation, in a nursery of its own; the result is its results.

        Its chunks go out under the ids of its own operations.  Their functions find the results of
        *context_from* in their context too.  *max_concurrent* counts its own operations, whatever
        the outer flow's limit is; *on_error* is the outer flow's if not given.
        """
        listed = operations.operations if isinstance(operations, FlowBuilder) else operations
        inner = Graph(listed)
        Policy(max_concurrent, "cancel" if on_error is None else on_error)
        return self._add(
            functools.partial(_run_flow, inner, max_concurrent, on_error),
            name=name,
            id=id,
            after=(*self._mine(context_from), *self._mine(depends_on)),
            timeout=timeout,
            inner=inner,
        )

    @known_words
    def wait_for(
        self,
        name: str,
        *,
        depends_on: Iterable[Operation] = (),
        context_from: Iterable[Operation] = (),
        id: str | None = None,
        timeout: float | None = None,
    ) -> Operation:
        """Wait for the answer *name*; the result is the value that somebody sends.

        ``await streams.send("run-7", name, value)`` sends it to the flow with the journal ``run-7``, from any
        process.  One that is sent before anybody waits, or while no process runs the flow, is kept.  Where
        something that it waits for is run again, because it has changed, the answer that was given before
        does not count any more.

        The flow needs a journal.  It takes no slot of ``max_concurrent``.
        """
        check_answer_name(name)
        return self._add(
            functools.partial(_wait_for, name),
            name=name,
            id=id,
            after=(*self._mine(context_from), *self._mine(depends_on)),
            timeout=timeout,
            takes_slot=False,
            waits_for=name,
        )

    def sequence(self, *steps: Operation | Work) -> tuple[Operation, ...]:
        """Operations one after another, each waiting for the whole of the one before.

        A function is added as by `add`, and finds the result before it in its context.  An operation of this
        builder is made to wait too.
        """
        made: list[Operation] = []
        for step in steps:
            before = made[-1:]
            if isinstance(step, Operation):
                self._mine([step])
                step.after = (*step.after, *(one for one in before if one not in step.after))
                made.append(step)
            else:
                made.append(self.add(step, context_from=before))
        return tuple(made)

    @known_words
    def parallel(
        self,
        *functions: Work,
        context_from: Iterable[Operation] = (),
        depends_on: Iterable[Operation] = (),
    ) -> tuple[Operation, ...]:
        """Functions side by side, added as by `add`; all wait for the same operations."""
        sources, others = tuple(context_from), tuple(depends_on)
        return tuple(
            self.add(function, context_from=sources, depends_on=others) for function in functions
        )

    @known_words
    def aggregate(
        self,
        *operations: Operation,
        function: Callable[[list[Any]], Any] = list,
        name: str = "aggregate",
        id: str | None = None,
        depends_on: Iterable[Operation] = (),
        timeout: float | None = None,
        retry: int = 0,
        parameters: Mapping[str, Any] | None = None,
    ) -> Operation:
        """Wait for all *operations*; the result is *function* of the list of their results.

        *function* may be async.  To let a model sum up, use `communicate` with ``context_from``.
        """
        return self.add(
            functools.partial(_gather, operations, function),
            context_from=operations,
            name=name,
            id=id,
            depends_on=depends_on,
            timeout=timeout,
            retry=retry,
            parameters=parameters,
        )

    @known_words
    def fork(self, operation: Operation, n: int) -> Sequence[StreamBranch]:
        """Equal branches of one operation's stream, each to be the *stream_from* of one reader.

        The slowest reader sets the pace; a branch without a reader costs nothing.
        """
        self._mine([operation])
        return fork(operation, n)

    def to_mermaid(self) -> str:
        """The graph as a Mermaid flowchart."""
        return to_mermaid(Graph(self.operations))

    def _add(
        self,
        work: Work,
        *,
        name: str,
        id: str | None,
        **settings: Any,
    ) -> Operation:
        stream = settings.get("stream_from")
        if stream is not None:
            origin = stream.operation if isinstance(stream, StreamBranch) else stream
            self._mine([origin])
        if id is not None:
            settings["id"] = id
        operation = Operation(work=work, name=name, home=self, **settings)
        self._added.append(operation)
        return operation

    def _mine(self, operations: Iterable[Operation]) -> tuple[Operation, ...]:
        """*operations*, if they are of this builder."""
        if isinstance(operations, Operation):
            operations = (operations,)
        if not isinstance(operations, Iterable):
            raise ConfigurationError(f"a list of operations is needed, not {operations!r:.200}")
        listed = tuple(operations)
        for operation in listed:
            if not isinstance(operation, Operation):
                raise ConfigurationError(f"an operation is needed, not {operation!r}")
            if operation.home is not self:
                raise ConfigurationError(
                    f"operation {operation.name!r} belongs to another builder: make all operations"
                    " of a flow with one builder, and put a flow into another with subflow()"
                )
        return listed

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        for operation in self._added:
            operation.home = self  # which an operation that was pickled by itself has left behind

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._added)} operations>"


def _name_of(function: Any) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", "operation"))


def placed(function: Work, on: Place) -> Work:
    """*function*, which runs *on* a place."""
    place = getattr(on, "place", None)
    if place is None:
        raise ConfigurationError(
            f"on= takes remote_options(num_cpus=1), of lionpride_trio.distributed, not {on!r:.200}"
        )
    work: Work = place(function)
    return work


def _pipe_stream(recipe: Any, context: Context) -> Any:
    return context.channel.pipe(recipe)


async def _run_flow(
    inner: Graph, max_concurrent: int | None, on_error: OnError | None, context: Context
) -> Any:
    return await context.run(inner, max_concurrent=max_concurrent, on_error=on_error)


async def _wait_for(name: str, context: Context) -> Any:
    journal = context._journal  # ruff: ignore[private-member-access] - of one house
    assert journal is not None  # the flow was refused without
    return await journal.answer(name)


async def _gather(
    operations: Sequence[Operation], function: Callable[[list[Any]], Any], context: Context
) -> Any:
    made = function([context.results[operation] for operation in operations])
    return await made if inspect.isawaitable(made) else made


def made_with(**parameters: Any) -> Mapping[str, Any]:
    """The parameters of an operation, without those that are None."""
    return ReadOnlyDict({key: value for key, value in parameters.items() if value is not None})
