"""What a worker tells at home: the log records of its program, and the events of its stories.

On the worker `Newsroom` gathers them; they travel with the items.  At home `Home` hands them to the
loggers and observers there, as if they had happened there.

What must hold: news never hold up the work.  At most `KEPT` wait, and the oldest make room and are counted.
"""

from __future__ import annotations

import logging
import logging.handlers
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import attrs
import trio

from .._observer import Listeners, Observer, Story, begin_story, story_around
from .._observer._events import EVENTS, ChunksReceived, Event
from .._observer._story import Listener

KEPT: Final = 1000
"""News that wait for the reader at home."""
_OURS: Final = logging.getLogger("lionpride_trio")
_FROM_WORKER: Final = "_lionpride_trio_worker"
_PLAIN: Final = (str, int, float, type(None))


@attrs.frozen
class Wanted:
    """The news of a worker that is heard at home."""

    events: tuple[type[Event], ...]
    """The kinds of events that an observer listens to."""
    parent_id: str | None
    """The story that the worker's are a part of."""
    levels: Mapping[str, int]
    """The levels of loggers, by name; the root's name is empty."""


@attrs.frozen
class LogFields:
    """A log record, as plain data."""

    fields: dict[str, Any]


class Newsroom:
    """Gathers the news of a worker."""

    def __init__(self, wanted: Wanted, hurry: Callable[[], None]) -> None:
        """Call *hurry*, from any thread, when there is something to tell."""
        self._wanted = wanted
        self._hurry = hurry
        self._news: deque[Any] = deque(maxlen=KEPT)
        self._lost = 0
        self._lock = threading.Lock()
        self._handler = _LogHandler(self)

    def __bool__(self) -> bool:
        return bool(self._news)

    def add(self, news: Any) -> None:
        """Keep *news* for home.  Safe in any thread."""
        with self._lock:
            self._lost += len(self._news) == KEPT
            self._news.append(news)
        self._hurry()

    def take(self) -> list[Any]:
        """All that is to be told, which is kept no longer."""
        with self._lock:
            news, lost = list(self._news), self._lost
            self._news.clear()
            self._lost = 0
        return [*([lost] if lost else []), *news]

    def open(self) -> None:
        """Listen, in the calling task and all that it starts."""
        for name, level in self._wanted.levels.items():
            logging.getLogger(name).setLevel(level)
        logging.getLogger().addHandler(self._handler)
        if self._wanted.events:
            story = Story((Listener(_relay(self._wanted.events, self.add)),), None, None, None)
            story.call_id = self._wanted.parent_id or ""
            story.enter_task()

    def close(self) -> None:
        """Listen no more."""
        logging.getLogger().removeHandler(self._handler)


class _LogHandler(logging.handlers.QueueHandler):
    """Keeps records in a form that pickle can write, whatever they were given."""

    def __init__(self, newsroom: Newsroom) -> None:
        super().__init__(None)  # type: ignore[arg-type]
        self._newsroom = newsroom

    def enqueue(self, record: logging.LogRecord) -> None:
        # Ray's own records, of how it runs the worker, are in its own log files.
        if record.name.partition(".")[0] != "ray" and not hasattr(record, _FROM_WORKER):
            fields = {
                key: value for key, value in vars(record).items() if isinstance(value, _PLAIN)
            }
            self._newsroom.add(LogFields(fields))


def _relay(kinds: Iterable[type[Event]], add: Callable[[Event], None]) -> Observer:
    """An observer that hands events of *kinds* to *add*, with the time of the day."""

    def tell(_: Observer, event: Event) -> None:
        add(_shifted(event, _day_offset()))

    methods: dict[str, Any] = {kind.told_as: tell for kind in kinds}
    relay: Observer = type("Relay", (Observer,), {**methods, "wants_content": True})()
    return relay


def _day_offset() -> float:
    """Seconds from trio's clock to the time of the day: the one clock that two machines have in common."""
    return time.time() - trio.current_time()


def _shifted(event: Event, seconds: float) -> Event:
    event = attrs.evolve(event, time=event.time + seconds)
    if isinstance(event, ChunksReceived):
        arrivals = tuple((at + seconds, count) for at, count in event.arrivals)
        event = attrs.evolve(event, arrivals=arrivals)
    return event


class Home:
    """Tells at home what has come from a worker.  Made in the task that opens the source."""

    def __init__(self, observers: Listeners = ()) -> None:
        parent = story_around()
        story = begin_story(observers)
        self._listeners: Sequence[Listener] = () if story is None else story.listeners
        self.wanted = Wanted(
            events=tuple(
                kind for kind in EVENTS if any(kind in one.hears for one in self._listeners)
            ),
            parent_id=None if parent is None else parent.call_id,
            levels=_levels(),
        )

    def tell(self, news: Iterable[Any]) -> None:
        """Hand *news* to the loggers and observers here."""
        for one in news:
            if isinstance(one, Event):
                self._tell_event(_shifted(one, -_day_offset()))
            elif isinstance(one, LogFields):
                _log(one.fields)
            else:
                _OURS.warning(
                    "%d log records and events of a worker were dropped: too many at once", one
                )

    def _tell_event(self, event: Event) -> None:
        event = attrs.evolve(event, parent_id=event.parent_id or None)
        for listener in self._listeners:
            if type(event) in listener.hears and not listener.dropped:
                listener.tell(event)


def _levels() -> dict[str, int]:
    root = logging.getLogger()
    loggers = {
        name: logger
        for name, logger in root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger) and name.partition(".")[0] != "ray"
    }
    return {name: logger.level for name, logger in {"": root, **loggers}.items() if logger.level}


def _log(fields: dict[str, Any]) -> None:
    record = logging.makeLogRecord({**fields, _FROM_WORKER: True})
    logger = logging.getLogger(record.name)
    if logger.isEnabledFor(record.levelno):
        logger.handle(record)
