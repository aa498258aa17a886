"""``fallback``: several models as one; the next is asked where one fails before its first content."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, TypeVar, overload

from .._errors import ConfigurationError, LionprideError, LocalProtocolError
from .._observer import Listeners
from .._response import Response
from ..tools import Tool
from ._ask import never_left
from ._converse import TurnSource, plan_conversation, source_of_conversation
from ._imodel import ModelOwner, iModel
from ._invoked import AwaitableCall, ReplySource
from ._messages import Messages
from ._plan import Start, Where
from ._reply import Reply
from ._tool_calls import Approve, OnError
from ._typed import typed_call

T = TypeVar("T")


class Fallback:
    """Models to be asked one after the other, each with its own retries and limits.

    The next one is asked when a call fails before its first content; a reply that has begun is
    never begun again, nor is a job (``background=True``) that may have been started.  When all
    fail, the last one's error is raised, and its notes name the others.  To be used, and registered, as an `iModel`.
    """

    def __init__(self, models: Sequence[iModel], *, name: str | None = None) -> None:
        if isinstance(models, str | iModel | Fallback) or not isinstance(models, Iterable):
            raise ConfigurationError(f"fallback takes a list of iModels, not {models!r:.200}")
        if not models:
            raise ConfigurationError("fallback needs models: fallback([model_a, model_b])")
        for model in models:
            if not isinstance(model, iModel):
                raise ConfigurationError(f"fallback takes iModels, not {model!r:.200}")
        self.models = tuple(models)
        self.name = name or "|".join(model.name for model in models)
        self.streaming = models[0].streaming

    def invoke(self, messages: Messages, **options: Any) -> Any:
        """Ask like `iModel.invoke`: a source where the first model has ``stream=True``, else awaited."""
        if self.streaming:
            return self.stream(messages, **options)
        return AwaitableCall(self.complete, messages, options)

    def stream(self, messages: Messages, *, keep: bool = True, **options: Any) -> ReplySource:
        """A source like `iModel.stream`'s; opening it asks the models in turn.

        :raises ConfigurationError: the messages or options do not suit one of the models.
        """
        sources = [model.stream(messages, keep=keep, **options) for model in self.models]
        starts_job = any(source.opens_once for source in sources)

        @asynccontextmanager
        async def open_reply() -> AsyncGenerator[Reply]:
            async with AsyncExitStack() as stack:
                attempts = [partial(stack.enter_async_context, source) for source in sources]
                reply = await _first(attempts, self.models, starts_job=starts_job)
                assert isinstance(reply, Reply)
                yield reply

        return ReplySource(
            open_reply,
            owner=self.models[0]._owner,  # ruff: ignore[private-member-access] - of one house
            name="reply",
            opens_once=starts_job,
        )

    def converse(
        self,
        messages: Messages,
        *,
        tools: Iterable[Tool[..., Any]],
        max_turns: int = 8,
        tool_limit: int = 4,
        start: Start = "early",
        on_error: OnError = "tell",
        approve: Approve | None = None,
        tool_timeout: float | None = None,
        output: Any = None,
        **options: Any,
    ) -> TurnSource:
        """A conversation with tools like `iModel.converse`'s; each turn asks the models in turn."""
        plan = plan_conversation(
            self,
            messages,
            tools=tools,
            max_turns=max_turns,
            tool_limit=tool_limit,
            start=start,
            on_error=on_error,
            approve=approve,
            tool_timeout=tool_timeout,
            output=output,
            options=options,
        )
        return source_of_conversation(plan, self.models[0]._owner)  # ruff: ignore[private-member-access] - the same

    @overload
    async def complete(
        self, messages: Messages, *, output: type[T], repair: int = 0, **options: Any
    ) -> Response[T]: ...
    @overload
    async def complete(
        self, messages: Messages, *, output: Any = None, repair: int = 0, **options: Any
    ) -> Response: ...
    async def complete(
        self, messages: Messages, *, output: Any = None, repair: int = 0, **options: Any
    ) -> Response:
        """The whole response, like `iModel.complete`'s; the models are asked in turn.

        With *output*, a model whose answers are wrong *repair* times and once more has failed, too.

        :raises ConfigurationError: the messages or options do not suit one of the models.
        :raises LionprideError: the last model's failure.
        """
        typed = typed_call(output, repair)
        asks = [model._ask(messages, options, stream=False, typed=typed) for model in self.models]  # ruff: ignore[private-member-access] - of one house
        attempts = [
            partial(model._answer, ask, options, typed)  # ruff: ignore[private-member-access] - the same
            for model, ask in zip(self.models, asks, strict=True)
        ]
        starts_job = any(ask.starts_job for ask in asks)
        return await _first(attempts, self.models, starts_job=starts_job)

    def _where(self) -> Where:
        """No provider, for there may be several, and the name of all models."""
        return {"provider": None, "model": self.name}

    def _listeners(self) -> Sequence[Listeners]:
        """Who is told of a turn: whoever is told of one of the models' calls."""
        return [one for model in self.models for one in model._listeners()]  # ruff: ignore[private-member-access] - the same

    def _attach(self, owner: ModelOwner) -> None:
        """Let *owner* own what the models open."""
        for model in self.models:
            model._attach(owner)  # ruff: ignore[private-member-access] - the same

    def __repr__(self) -> str:
        return f"fallback({list(self.models)!r})"


def fallback(models: Sequence[iModel], *, name: str | None = None) -> Fallback:
    """Several models as one: the next is asked where the last one failed before its first content.

    ``fallback([model_a, model_b])`` is used as a model: ``stream``, ``complete``, ``invoke``.

    :raises ConfigurationError: there are no models.
    """
    return Fallback(models, name=name)


async def _first(
    attempts: Sequence[Callable[[], Awaitable[T]]], models: Sequence[iModel], *, starts_job: bool
) -> T:
    """The result of the first attempt that does not fail.

    With *starts_job* the next one is made only where the one before sent nothing.
    """
    failed: list[str] = []
    for number, (attempt, model) in enumerate(zip(attempts, models, strict=True), 1):
        try:
            return await attempt()
        except (ConfigurationError, LocalProtocolError):
            raise  # a mistake in the program, which another model would only hide
        except LionprideError as error:
            if number == len(attempts) or (starts_job and not never_left(error)):
                for note in failed:
                    error.add_note(note)
                raise
            failed.append(f"before it, {model.name} failed: {type(error).__name__}: {error}")
    raise AssertionError("there is at least one model")  # pragma: no cover - for type checkers
