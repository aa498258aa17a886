"""`Builder`: operations on a session, put together step by step."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from .._channels._recipe import Recipe, check_recipe
from .._checks import check_size
from .._chunks import Chunk
from .._errors import ConfigurationError
from .._readonly import ReadOnlyDict
from .._response import Response, chunks_of
from ..flow import Context, Graph, Operation, StreamBranch, fork
from ..flow._mermaid import to_mermaid
from ..flow._operation import STREAM_SIZE
from ..flow._policy import Policy
from ..services import Fallback, iModel
from ..session import Branch, Session
from ._model_work import CommunicateEachWork, CommunicateWork
from ._turn import OnCut, check_on_cut
from ._words import check_options, known_words

Work: TypeAlias = Callable[[Context], Any]
Stream: TypeAlias = Operation | StreamBranch


class Builder:
    """Makes the operations of one flow; `flow` and `flow_stream` run them.

    All methods check what they are given, do no I/O, and give the `Operation` that they added.
    These options are common to them:

    - *name*: what the operation is called in messages; *id*: unique in the flow, by default random.
    - *context_from*: operations whose whole results it waits for and uses; *depends_on*: those that
      it only waits for; *stream_from*: the one whose chunks it reads while they come, through a
      channel of *stream_size* chunks.
    - *timeout*: seconds for an attempt, which stand still while its chunks wait for their reader.
    - *retry*: how many more attempts a failure is followed by, as long as no chunk went out or came
      in and the error is not known to come again.

    *session* may be left out where no operation asks a model.

    :raises ConfigurationError: an option is wrong, an operation is another builder's, or a model or
        branch is unknown.
    """

    def __init__(self, *, session: Session | None = None) -> None:
        if session is not None and not isinstance(session, Session):
            raise ConfigurationError(f"session= takes a Session, not {session!r:.200}")
        self.session = session
        self._operations: tuple[Operation, ...] = ()
        self._added: list[Operation] = []
        self._last_of: dict[str, Operation] = {}

    @property
    def operations(self) -> tuple[Operation, ...]:
        """All that was added, in that order."""
        if len(self._operations) != len(self._added):
            self._operations = tuple(self._added)
        return self._operations

    def communicate(
        self,
        *,
        instruction: str,
        imodel: str | iModel | Fallback,
        branch: str | Branch | None = None,
        context: Iterable[str] = (),
        context_from: Iterable[Operation] = (),
        stream_from: Stream | None = None,
        name: str | None = None,
        id: str | None = None,
        depends_on: Iterable[Operation] = (),
        stream_size: int = STREAM_SIZE,
        timeout: float | None = None,
        retry: int = 0,
        on_cut: OnCut = "raise",
        **options: Any,
    ) -> Operation:
        """Ask a model in the context of *branch*; the result is the `Response`.

        Its chunks are the reply's, as they come; a model with ``stream=False`` gives the same in few
        pieces.  *context*, the whole texts of *context_from* and the text of *stream_from* stand in
        the prompt before the instruction; a model reads its prompt whole, so *stream_from* is
        waited for to its end.  *options* go into the request.

        Question and answer are committed to *branch* together, or neither when it fails or is
        cancelled.  A branch that is not there is made then; without *branch*, one of a new name is,
        which no branch has when the operation starts and no other operation names.  Operations on
        one branch run in the order in which they were added, as a conversation does.

        *on_cut* says what becomes of an answer that is not whole (LENGTH, BLOCKED, REFUSED, PAUSED):
        ``"raise"`` lets the operation fail with `AnswerCut`; ``"keep"`` commits it with its verdict;
        ``"discard"`` gives the `Response` and commits nothing.
        """
        check_on_cut(on_cut)
        check_options(Builder.communicate, options)
        session, model = self._model(imodel, options)
        if not isinstance(instruction, str):
            raise ConfigurationError(f"instruction must be a str, not {instruction!r}")
        line = self._branch(branch)
        sources = self._mine(context_from)
        work = CommunicateWork(
            session=session,
            model=model,
            branch=line,
            context=_told(context),
            context_from=sources,
            options=options,
            on_cut=on_cut,
            instruction=instruction,
            streams=stream_from is not None,
        )
        return self._add(
            work,
            name=name or line or "communicate",
            id=id,
            after=self._in_line(line, sources, depends_on),
            stream_from=stream_from,
            stream_size=stream_size,
            replay=chunks_of,
            timeout=timeout,
            retry=retry,
            line=line,
            parameters=_parameters(
                instruction=instruction,
                imodel=_named(imodel),
                branch=line,
                on_cut=None if on_cut == "raise" else on_cut,
                **options,
            ),
        )

    def communicate_each(
        self,
        *,
        stream_from: Stream,
        template: str,
        imodel: str | iModel | Fallback,
        limit: int = 4,
        branch: str | Branch | None = None,
        context: Iterable[str] = (),
        context_from: Iterable[Operation] = (),
        name: str | None = None,
        id: str | None = None,
        depends_on: Iterable[Operation] = (),
        stream_size: int = STREAM_SIZE,
        timeout: float | None = None,
        retry: int = 0,
        on_cut: OnCut = "raise",
        **options: Any,
    ) -> Operation:
        """Ask a model once for each item of a stream; the result is the list of responses.

        ``{item}`` in *template* stands for the item's text; items without text are passed over.  At
        most *limit* calls are open, in a nursery of their own.  Chunks and responses come in the
        order of the items: the first call's as they come, those of calls ahead of their turn when
        it is theirs.  The first failure, in that order, ends it.

        With *branch*, each call knows what was in the branch before, and all turns are committed
        at the end, together or not at all; without, nothing is kept.  *on_cut* as for `communicate`,
        for each call: the first that was cut ends it, or is kept, or is left out of the branch.
        """
        check_on_cut(on_cut)
        check_options(Builder.communicate_each, options)
        session, model = self._model(imodel, options)
        if not isinstance(template, str) or "{item}" not in template:
            raise ConfigurationError(
                f"template must be a str with '{{item}}' where the item stands, not {template!r}"
            )
        line = self._branch(branch)
        sources = self._mine(context_from)
        work = CommunicateEachWork(
            session=session,
            model=model,
            branch=line,
            context=_told(context),
            context_from=sources,
            options=options,
            on_cut=on_cut,
            template=template,
            limit=check_size("limit", limit),
        )
        return self._add(
            work,
            name=name or line or "communicate_each",
            id=id,
            after=self._in_line(line, sources, depends_on),
            stream_from=stream_from,
            stream_size=stream_size,
            replay=_chunks_of_each,
            timeout=timeout,
            retry=retry,
            line=line,
            parameters=_parameters(
                template=template,
                imodel=_named(imodel),
                branch=line,
                limit=limit,
                on_cut=None if on_cut == "raise" else on_cut,
                **options,
            ),
        )

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
        """Send the chunks of an operation through *transformer*; what comes out are its chunks.

        The result is *reduce* of them all.  It takes no slot of ``max_concurrent``.
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
            parameters=_parameters(transformer=transformer),
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
    ) -> Operation:
        """An operation of one's own: *function* is called with a `Context`.

        An async function gives the result, and may ``await context.send(chunk)``; what an async
        generator yields, or what a `Source` that the function returns has, are the chunks, and
        *reduce* of all of them is the result.  ``context.results[operation]`` has the results of
        *context_from* and *depends_on*, ``context.channel`` the chunks of *stream_from*.

        *replay* gives the chunks again from the result, for a flow that is resumed; known already
        for async generators whose chunks are not reduced.  *parameters* are your own, to be read
        as ``context.operation.parameters``.
        """
        if replay is None and reduce is list and inspect.isasyncgenfunction(function):
            replay = list
        return self._add(
            function,
            name=name or str(getattr(function, "__name__", "operation")),
            id=id,
            after=(*self._mine(context_from), *self._mine(depends_on)),
            stream_from=stream_from,
            stream_size=stream_size,
            reduce=reduce,
            replay=replay,
            timeout=timeout,
            retry=retry,
            parameters=_parameters(**(parameters or {})),
        )

    @known_words
    def subflow(
        self,
        operations: Builder | Iterable[Operation],
        *,
        max_concurrent: int | None = None,
        on_error: Literal["cancel", "skip"] | None = None,
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
        given = operations.operations if isinstance(operations, Builder) else operations
        inner = Graph(given)
        options: dict[str, Any] = {"max_concurrent": max_concurrent}
        if on_error is not None:
            options["on_error"] = on_error
        Policy(**options)
        return self._add(
            functools.partial(_run_flow, inner, options),
            name=name,
            id=id,
            after=(*self._mine(context_from), *self._mine(depends_on)),
            timeout=timeout,
            inner=inner,
        )

    def sequence(self, *steps: Operation | Work) -> tuple[Operation, ...]:
        """Operations one after another, each waiting for the whole of the one before.

        A function is added as `add` does, and finds the result before it in its context.  An
        operation of this builder is made to wait too.
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
        """Functions side by side, as `add` adds them; all wait for the same."""
        sources, others = tuple(context_from), tuple(depends_on)
        return tuple(
            self.add(function, context_from=sources, depends_on=others) for function in functions
        )

    def aggregate(
        self,
        *operations: Operation,
        function: Callable[[list[Any]], Any] = list,
        name: str = "aggregate",
        **options: Any,
    ) -> Operation:
        """Wait for all *operations*; the result is *function* of the list of their results.

        *function* may be async.  *options* are those of `add`.  To let a model sum up, use
        `communicate` with ``context_from``.
        """
        gather = functools.partial(_gather, operations, function)
        return self.add(gather, context_from=operations, name=name, **options)

    @known_words
    def fork(self, operation: Operation, n: int) -> Sequence[StreamBranch]:
        """Equal branches of one operation's stream, each to be the *stream_from* of one reader.

        The slowest reader sets the pace; a branch that nothing reads costs nothing.
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
        line: str | None = None,
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
        if line is not None:
            self._last_of[line] = operation
        return operation

    def _mine(self, operations: Iterable[Operation]) -> tuple[Operation, ...]:
        """*operations*, if they are of this builder."""
        if isinstance(operations, Operation):
            operations = (operations,)
        if not isinstance(operations, Iterable):
            raise ConfigurationError(f"a list of operations is needed, not {operations!r:.200}")
        given = tuple(operations)
        for operation in given:
            if not isinstance(operation, Operation):
                raise ConfigurationError(f"an operation is needed, not {operation!r}")
            if operation.home is not self:
                raise ConfigurationError(
                    f"operation {operation.name!r} belongs to another builder: make all operations"
                    " of a flow with one builder, and put a flow into another with subflow()"
                )
        return given

    def _in_line(
        self,
        line: str | None,
        sources: tuple[Operation, ...],
        depends_on: Iterable[Operation],
    ) -> tuple[Operation, ...]:
        """What to wait for: a turn of a conversation waits for the one before it as well."""
        waits = (*sources, *self._mine(depends_on))
        last = None if line is None else self._last_of.get(line)
        return waits if last is None or last in waits else (*waits, last)

    def _model(
        self, imodel: str | iModel | Fallback, options: Mapping[str, Any]
    ) -> tuple[Session, iModel | Fallback]:
        if self.session is None:
            raise ConfigurationError(
                "this builder has no session to ask models in: write Builder(session=session)"
            )
        model = self.session.services.get(imodel)
        if options:
            model.stream("", **options)  # a wrong option is refused here, not in the flow
        return self.session, model

    def _branch(self, branch: str | Branch | None) -> str | None:
        if isinstance(branch, Branch):
            assert self.session is not None
            if self.session.branches.get(branch.name) is not branch:
                raise ConfigurationError(
                    f"branch {branch.name!r} is not one of this builder's session"
                )
            return branch.name
        if branch is not None and not (isinstance(branch, str) and branch):
            raise ConfigurationError(f"branch must be a branch or its name, not {branch!r}")
        if branch is not None and self.session is not None:
            self.session.conversations.claim_name(branch)
        return branch

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        for operation in self._added:
            operation.home = self  # which an operation by itself leaves behind

    def __repr__(self) -> str:
        return f"<Builder of {len(self._added)} operations>"


def _told(context: Iterable[str]) -> tuple[str, ...]:
    """The texts that stand before an instruction."""
    listed = isinstance(context, Iterable) and not isinstance(context, str)
    texts = tuple(context) if listed else ()
    if not listed or not all(isinstance(text, str) for text in texts):
        raise ConfigurationError(f"context must be a list of str, not {context!r:.100}")
    return texts


def _pipe_stream(recipe: Any, context: Context) -> Any:
    return context.channel.pipe(recipe)


async def _run_flow(inner: Graph, options: Mapping[str, Any], context: Context) -> Any:
    return await context.run(inner, **options)


async def _gather(
    operations: Sequence[Operation], function: Callable[[list[Any]], Any], context: Context
) -> Any:
    made = function([context.results[operation] for operation in operations])
    return await made if inspect.isawaitable(made) else made


def _parameters(**given: Any) -> Mapping[str, Any]:
    return ReadOnlyDict({key: value for key, value in given.items() if value is not None})


def _named(imodel: str | iModel | Fallback) -> str:
    return imodel if isinstance(imodel, str) else imodel.name


def _chunks_of_each(responses: Sequence[Response]) -> list[Chunk]:
    return [chunk for response in responses for chunk in chunks_of(response)]
