"""`Builder`: operations on a session, put together step by step."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from .._checks import check_size
from .._chunks import Chunk
from .._errors import ConfigurationError
from .._media import MediaPart
from .._response import Response, chunks_of
from ..flow import Operation
from ..flow._operation import STREAM_SIZE
from ..services import Fallback, iModel
from ..services._plan import Start
from ..services._tool_calls import Approve, OnError
from ..session import Branch, Session
from ..session._turns import OnCut, commit_again
from ..tools import Tool, Toolbox
from ._flow_builder import FlowBuilder, Stream, made_with
from ._model_work import CommunicateEachWork, ConverseWork, ModelWork
from ._words import check_options

NO_TOOLS: Final = Toolbox(())


class Builder(FlowBuilder):
    """Makes the operations of one flow; `flow` and `flow_stream` run them.

    All methods check their arguments, do no I/O, and return the `Operation` that they added.
    These options are common to them:

    - *name*: the operation's name in messages; *id*: unique in the flow, by default random.
    - *context_from*: operations whose whole results it waits for and uses; *depends_on*: operations that
      it only waits for; *stream_from*: the operation that it reads the chunks of, while they come, through
      a channel of *stream_size* chunks.
    - *timeout*: seconds for an attempt, which stand still while its chunks wait for their reader.
    - *retry*: the number of further attempts after a failure, as long as no chunk went out or came in and
      the error is not known to come again.

    *session* may be left out where no operation asks a model.

    :raises ConfigurationError: an option is wrong, an operation is another builder's, or a model or
        branch is unknown.
    """

    def __init__(self, *, session: Session | None = None) -> None:
        if session is not None and not isinstance(session, Session):
            raise ConfigurationError(f"session= takes a Session, not {session!r:.200}")
        super().__init__()
        self.session = session
        self._last_of: dict[str, Operation] = {}

    def communicate(
        self,
        *,
        instruction: str,
        imodel: str | iModel | Fallback,
        branch: str | Branch | None = None,
        context: Iterable[str] = (),
        attachments: Iterable[MediaPart] = (),
        context_from: Iterable[Operation] = (),
        stream_from: Stream | None = None,
        name: str | None = None,
        id: str | None = None,
        depends_on: Iterable[Operation] = (),
        stream_size: int = STREAM_SIZE,
        timeout: float | None = None,
        retry: int = 0,
        on_cut: OnCut = "raise",
        output: Any = None,
        **options: Any,
    ) -> Operation:
        """Ask a model in the context of *branch*; the result is the `Response`.

        Its chunks are the reply's, as they come; a model with ``stream=False`` gives the same in few
        pieces.  *context*, the whole texts of *context_from*, the text of *stream_from* and the
        *attachments* stand in the prompt before the instruction; a model reads its prompt whole, so *stream_from* is
        waited for to its end.  *options* go into the request.

        Question and answer are committed to *branch* together, or neither when it fails or is
        cancelled.  A branch that is not there is made then.  Without *branch*, a branch of a new name is made; no other
        branch has that name when the operation starts, and no other operation uses it.  Operations on
        one branch run in the order in which they were added, as a conversation does.

        *on_cut* says what happens to an answer that is not whole (LENGTH, BLOCKED, REFUSED, PAUSED):
        ``"raise"`` lets the operation fail with `AnswerCut`; ``"keep"`` commits it with its verdict;
        ``"discard"`` gives the `Response` and commits nothing.

        *output* is the type that the answer is to have: the ``output`` of the result.  A wrong answer lets
        the operation fail with `OutputInvalid`.
        """
        check_options(Builder.communicate, options)
        return self._ask(
            "communicate",
            functools.partial(ConverseWork, streams=stream_from is not None),
            {"instruction": _instruction(instruction), "attachments": tuple(attachments)},
            settings=made_with(output=output, **options),
            replay=chunks_of,
            imodel=imodel,
            branch=branch,
            context=context,
            context_from=context_from,
            stream_from=stream_from,
            name=name,
            id=id,
            depends_on=depends_on,
            stream_size=stream_size,
            timeout=timeout,
            retry=retry,
            on_cut=on_cut,
        )

    def converse(
        self,
        *,
        instruction: str,
        imodel: str | iModel | Fallback,
        tools: Iterable[Tool[..., Any]],
        max_turns: int = 8,
        tool_limit: int = 4,
        start: Start = "early",
        on_error: OnError = "tell",
        approve: Approve | None = None,
        tool_timeout: float | None = None,
        output: Any = None,
        branch: str | Branch | None = None,
        context: Iterable[str] = (),
        attachments: Iterable[MediaPart] = (),
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
        """Ask a model that may call *tools*, in the context of *branch*; the result is the last `Response`.

        Goes on until the model answers, as `iModel.converse` does; the options between *tools* and *output*
        are those of it, and the others are those of `communicate`.  The chunks are those of all turns, with
        the results of the tools.  Calls and results are committed to *branch* with question and answer.

        A retry (*retry*) asks again from the beginning.  It is only made as long as no chunk went out, and so
        before any tool has run.
        """
        check_options(Builder.converse, options)
        return self._ask(
            "converse",
            functools.partial(ConverseWork, streams=stream_from is not None),
            {"instruction": _instruction(instruction), "attachments": tuple(attachments)},
            tools=Toolbox(tools),
            settings=made_with(
                max_turns=max_turns,
                tool_limit=tool_limit,
                start=start,
                on_error=on_error,
                approve=approve,
                tool_timeout=tool_timeout,
                output=output,
                **options,
            ),
            replay=chunks_of,
            imodel=imodel,
            branch=branch,
            context=context,
            context_from=context_from,
            stream_from=stream_from,
            name=name,
            id=id,
            depends_on=depends_on,
            stream_size=stream_size,
            timeout=timeout,
            retry=retry,
            on_cut=on_cut,
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
        output: Any = None,
        **options: Any,
    ) -> Operation:
        """Ask a model once for each item of a stream; the result is the list of responses.

        ``{item}`` in *template* stands for the item's text; items without text are passed over.  At
        most *limit* calls are open, in a nursery of their own.  Chunks and responses come in the
        order of the items: those of the first open call as they come, those of later calls when their turn
        comes.  The first failure, in that order, ends it.

        With *branch*, each call has the branch as it was before, and all turns are committed at the end,
        together or not at all; without *branch*, nothing is kept.  *on_cut* is as for `communicate`, for each
        call: the first cut answer ends the operation, or is kept, or is left out of the branch.  So is
        *output*: the type of each answer.
        """
        check_options(Builder.communicate_each, options)
        if not isinstance(template, str) or "{item}" not in template:
            raise ConfigurationError(
                f"template must be a str with '{{item}}' where the item stands, not {template!r}"
            )
        return self._ask(
            "communicate_each",
            CommunicateEachWork,
            {"template": template, "limit": check_size("limit", limit)},
            settings=made_with(output=output, **options),
            replay=_chunks_of_each,
            imodel=imodel,
            branch=branch,
            context=context,
            context_from=context_from,
            stream_from=stream_from,
            name=name,
            id=id,
            depends_on=depends_on,
            stream_size=stream_size,
            timeout=timeout,
            retry=retry,
            on_cut=on_cut,
        )

    def _ask(
        self,
        word: str,
        kind: Callable[..., ModelWork],
        asked: Mapping[str, Any],
        *,
        settings: Mapping[str, Any],
        replay: Callable[[Any], Iterable[Any]],
        imodel: str | iModel | Fallback,
        branch: str | Branch | None,
        context: Iterable[str],
        context_from: Iterable[Operation],
        depends_on: Iterable[Operation],
        on_cut: OnCut,
        name: str | None,
        tools: Toolbox = NO_TOOLS,
        **operation: Any,
    ) -> Operation:
        """An operation whose work is of that *kind*, and is to ask what is *asked*."""
        if self.session is None:
            raise ConfigurationError(
                "this builder has no session to ask models in: write Builder(session=session)"
            )
        line = self._branch(branch)
        sources = self._mine(context_from)
        work = kind(
            session=self.session,
            model=self.session.services.get(imodel),
            branch=line,
            context=_told(context),
            context_from=sources,
            options=settings,
            tools=tools,
            on_cut=on_cut,
            **asked,
        )
        work.check()
        added = self._add(
            work,
            name=name or line or word,
            after=self._in_line(line, sources, depends_on),
            replay=replay,
            parameters=made_with(
                **{key: value for key, value in asked.items() if value != ()},
                imodel=imodel if isinstance(imodel, str) else imodel.name,
                branch=line,
                tools=[tool.name for tool in tools] or None,
                on_cut=None if on_cut == "raise" else on_cut,
                **settings,
            ),
            **operation,
        )
        return self._remember(line, added)

    def commit_kept(self, kept: Mapping[str, Any]) -> None:
        """Commit a turn that a journal has, as if its operation had run, unless the session has it."""
        if self.session is not None:
            commit_again(
                self.session,
                kept["branch"],
                kept["messages"],
                is_new_branch=kept["is_new_branch"],
            )

    def _in_line(
        self,
        line: str | None,
        sources: tuple[Operation, ...],
        depends_on: Iterable[Operation],
    ) -> tuple[Operation, ...]:
        """The operations to wait for: a turn of a conversation waits for the turn before it as well."""
        waits = (*sources, *self._mine(depends_on))
        last = None if line is None else self._last_of.get(line)
        return waits if last is None or last in waits else (*waits, last)

    def _remember(self, line: str | None, operation: Operation) -> Operation:
        """Keep *operation* as the last turn of its branch, and return it: the next turn waits for it."""
        if line is not None:
            self._last_of[line] = operation
        return operation

    def _branch(self, branch: str | Branch | None) -> str | None:
        if isinstance(branch, Branch):
            assert self.session is not None
            return self.session.conversations.branch(branch).name
        if branch is not None and not (isinstance(branch, str) and branch):
            raise ConfigurationError(f"branch must be a branch or its name, not {branch!r}")
        if branch is not None and self.session is not None:
            self.session.conversations.claim_name(branch)
        return branch


def _told(context: Iterable[str]) -> tuple[str, ...]:
    """The texts before an instruction."""
    listed = isinstance(context, Iterable) and not isinstance(context, str)
    texts = tuple(context) if listed else ()
    if not listed or not all(isinstance(text, str) for text in texts):
        raise ConfigurationError(f"context must be a list of str, not {context!r:.100}")
    return texts


def _instruction(instruction: object) -> str:
    if not isinstance(instruction, str):
        raise ConfigurationError(f"instruction must be a str, not {instruction!r}")
    return instruction


def _chunks_of_each(responses: Sequence[Response]) -> list[Chunk]:
    return [chunk for response in responses for chunk in chunks_of(response)]
