"""An observer that keeps all that it is told, and answers to be observed."""

import json
import re

from lionpride_trio import iModel
from lionpride_trio._observer._events import EVENTS, Content
from lionpride_trio.observe import Observer
from lionpride_trio.testing import ScriptedClient


class Recorder(Observer):
    """Keeps all events."""

    def __init__(self):
        self.events = []

    @property
    def names(self):
        return [event.told_as for event in self.events]

    def of(self, *names):
        return [event for event in self.events if event.told_as in names]

    def one(self, name):
        (event,) = self.of(name)
        return event

    def stories(self):
        """The events by story, in the order in which the stories began."""
        found = {}
        for event in self.events:
            found.setdefault(event.call_id, []).append(event)
        return found


def _keep(self, event):
    self.events.append(event)


for _kind in EVENTS:
    if _kind is not Content:
        setattr(Recorder, _kind.told_as, _keep)


# The order of a call's events, as the page about operations draws it: one letter an event.
LETTERS = {
    "call_started": "S",
    "waiting": "W",
    "request_sent": "Q",
    "answered": "A",
    "first_content": "F",
    "chunks_received": "C",
    "stalled": "L",
    "retried": "R",
    "finished": "E",
}
ATTEMPT = "W*(QL?(A[CL]*(F[CL]*)?)?)?"
ORDER = re.compile(f"SW*{ATTEMPT}(R{ATTEMPT})*E")
PAIRS = [
    ["turn_started", "turn_finished"],
    ["tool_started", "tool_finished"],
    ["operation_started", "operation_finished"],
    ["flow_started", "flow_finished"],
    ["stream_started", "stream_finished"],
]


def check_stories(recorder):
    """Each story is told whole, in order, and within the one around it."""
    stories = recorder.stories()
    places = {id(event): place for place, event in enumerate(recorder.events)}
    for events in stories.values():
        names = [event.told_as for event in events]
        letters = "".join(LETTERS.get(name, "?") for name in names)
        assert names in PAIRS or ORDER.fullmatch(letters), names
        assert [event.sequence for event in events] == list(range(len(events)))
        assert [event.time for event in events] == sorted(event.time for event in events)
        (parent,) = {event.parent_id for event in events}
        if parent in stories:
            around = stories[parent]
            assert places[id(around[0])] < places[id(events[0])]
            assert places[id(events[-1])] < places[id(around[-1])]


def event(content=None, finish=None, **more):
    choice = {"index": 0, "delta": {} if content is None else {"content": content}}
    document = {"model": "m", "choices": [{**choice, "finish_reason": finish}], **more}
    return f"data: {json.dumps(document)}\n\n".encode()


USAGE = {"prompt_tokens": 3, "completion_tokens": 8, "total_tokens": 11}
END = [event(finish="stop", usage=USAGE), b"data: [DONE]\n\n"]


def saying(*steps, end=True):
    """The steps of an answer: its texts, and silences between them."""
    said = [event(step) if isinstance(step, str) else step for step in steps]
    return [*said, *END] if end else said


def model_of(*answers, **settings):
    """A model whose calls get these answers."""
    if answers and "http_client" not in settings:
        settings["http_client"] = ScriptedClient(*answers)
    return iModel("openai", "m", **{"api_key": "k", **settings})
