"""Stories: each call, turn, tool, operation and flow that is observed tells its own.

Goals.  Where nobody observes, nothing is made: `begin_story` gives None, and who would tell asks for that.
What an observer raises never reaches the call.

Strategy.  A story has the observers of the place it began in (a model, a session, a flow) and those of
the story around it, which is found by a context variable.  Only tasks that belong to a story set it (the tasks
of operations, tools, conversations), so that it cannot leak into the task that reads a stream.  A story that
begins others in a task of its reader sets it for that step alone (`Story.around`).
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, TypeAlias, cast
from uuid import uuid4

import trio

from .._channels._nursery import is_cancellation
from .._errors import ConfigurationError
from ._events import EVENTS, Content, Event, Outcome
from ._observer import Observer

_logger: Final = logging.getLogger("lionpride_trio")
_around: ContextVar[Story | None] = ContextVar("lionpride_trio_story", default=None)


class Listener:
    """An observer that was given somewhere, and what it listens to."""

    __slots__ = ("dropped", "hears", "observer")

    def __init__(self, observer: Observer) -> None:
        self.observer = observer
        self.dropped = False
        kind = type(observer)
        self.hears = frozenset(
            event
            for event in EVENTS
            if getattr(kind, event.told_as) is not getattr(Observer, event.told_as)
            and (event is not Content or observer.wants_content)
        )

    def tell(self, event: Event) -> None:
        """Call the observer; if it raises, log that and drop it."""
        try:
            getattr(self.observer, event.told_as)(event)
        except Exception as error:
            self.dropped = True
            # Without its text and traceback: they may have what the observer was not to tell.
            _logger.error(  # ruff: ignore[error-instead-of-exception] - the next comment says why
                "observer %s raised %s in %s and is dropped",
                type(self.observer).__qualname__,
                type(error).__name__,
                event.told_as,
            )


Listeners: TypeAlias = tuple[Listener, ...]


def listeners_of(observers: object) -> Listeners:
    """Return the listeners that ``observers=`` was given, checked.

    :raises ConfigurationError: something of it is no observer.
    """
    if not isinstance(observers, Iterable):
        raise ConfigurationError(
            f"observers= takes a list, such as [LogObserver()], not {observers!r:.200}"
        )
    listeners: list[Listener] = []
    given = cast("Iterable[object]", observers)
    for observer in given:
        if not isinstance(observer, Observer):
            made = " (write its name with parentheses)" if inspect.isclass(observer) else ""
            raise ConfigurationError(
                f"observers= takes objects of a subclass of Observer, not {observer!r:.200}{made}"
            )
        for event in EVENTS:
            if inspect.iscoroutinefunction(getattr(observer, event.told_as)):
                raise ConfigurationError(
                    f"{type(observer).__name__}.{event.told_as} is async: the functions of an observer"
                    " are plain ones, and hand over what takes long, as to a memory channel"
                )
        listeners.append(Listener(observer))
    return tuple(listeners)


class Story:
    """The events of one call, turn, tool, operation or flow, in their order."""

    __slots__ = ("_ended", "_listeners", "_sequence", "call_id", "model", "parent_id", "provider")

    def __init__(
        self,
        listeners: Sequence[Listener],
        parent: Story | None,
        provider: str | None,
        model: str | None,
    ) -> None:
        self.call_id = uuid4().hex
        self.parent_id = None if parent is None else parent.call_id
        self.provider = provider
        self.model = model
        self._listeners = listeners
        self._sequence = 0
        self._ended = False

    @property
    def listeners(self) -> Sequence[Listener]:
        """The listeners that are told of it."""
        return self._listeners

    def is_heard(self, kind: type[Event]) -> bool:
        """Whether anybody listens to events of that kind."""
        return any(kind in one.hears and not one.dropped for one in self._listeners)

    def tell(self, kind: type[Event], *, at: float | None = None, **facts: Any) -> None:
        """Tell an event, which happened now or *at* that time."""
        number = self._sequence
        self._sequence += 1
        if not self.is_heard(kind):
            return
        event = kind(
            call_id=self.call_id,
            parent_id=self.parent_id,
            sequence=number,
            time=trio.current_time() if at is None else at,
            provider=self.provider,
            model=self.model,
            **facts,
        )
        for one in self._listeners:
            if kind in one.hears and not one.dropped:
                one.tell(event)

    def end(self, kind: type[Event], *, at: float | None = None, **facts: Any) -> None:
        """Tell the last event, unless the story has ended already."""
        if not self._ended:
            self._ended = True
            self.tell(kind, at=at, **facts)

    def enter_task(self) -> None:
        """Let what the calling task begins from now on be a part of this story.

        The task has to be the story's own.
        """
        _around.set(self)

    @contextmanager
    def around(self) -> Generator[None]:
        """A block in which what begins is a part of this story.  No code of a reader may run in it."""
        token = _around.set(self)
        try:
            yield
        finally:
            _around.reset(token)


def story_around() -> Story | None:
    """The story that the calling task works for."""
    return _around.get()


def begin_story(
    *given: Listeners,
    provider: str | None = None,
    model: str | None = None,
    parent: Story | None = None,
) -> Story | None:
    """A story for the listeners that were *given* and those of its parent; None where there are none.

    The parent is the story around the calling task, unless there is another.
    """
    parent = parent or _around.get()
    if parent is None and not any(given):
        return None
    listeners: list[Listener] = []
    for group in (() if parent is None else parent.listeners, *given):
        for one in group:
            if not one.dropped and all(one.observer is not other.observer for other in listeners):
                listeners.append(one)
    return Story(listeners, parent, provider, model) if listeners else None


def is_observed(*given: Listeners) -> bool:
    """Whether a story that begins here would be told to anybody."""
    return any(given) or _around.get() is not None


@contextmanager
def tell_block(
    story: Story | None, started: type[Event], finished: type[Event], **facts: Any
) -> Generator[None]:
    """A block of a task of the story's own: what begins in it is a part of the story, which ends with it."""
    if story is None:
        yield
        return
    story.tell(started, **facts)
    error: BaseException | None = None
    try:
        with story.around():
            yield
    except BaseException as raised:
        error = raised
        raise
    finally:
        outcome, failure = outcome_of(error)
        story.end(finished, outcome=outcome, error=failure, **facts)


def outcome_of(error: BaseException | None) -> tuple[Outcome, type[BaseException] | None]:
    """How something ended that *error* came out of, and the class of its failure."""
    if error is None:
        return "ended", None
    if is_cancellation(error):
        return "cancelled", None
    if isinstance(error, GeneratorExit):
        return "left", None
    return "failed", type(error)
