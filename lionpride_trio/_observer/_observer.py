"""`Observer`: the functions that are called with events."""

from __future__ import annotations

from . import _events as events


class Observer:
    """Base of observers: functions that do nothing.  Override the ones that you want.

    Give it to ``iModel(observers=[…])``, ``Session(observers=[…])``, ``flow(…, observers=[…])`` or
    ``open_streams(…, observers=[…])``.  What happens inside is told too: the observers of a session hear of
    its models' calls, turns and flows, those of a flow of the calls that its operations make.  One that was
    given twice is told once.

    The functions are plain ones and are called in the task that takes the step, between two of its steps: one
    that takes long stops all streams.  One that raises is logged and dropped: it is told nothing more by the
    model, session or flow that it was given to, and the call goes on.

    Events of one story (a call, a turn, a tool, …) have one ``call_id`` and come in order; ``parent_id`` is
    that of the story around it.
    """

    wants_content: bool = False
    """True for an observer that `content` is called of, with prompts and answers."""

    def call_started(self, event: events.CallStarted) -> None:
        """A model is to be called."""

    def waiting(self, event: events.Waiting) -> None:
        """The call waits for a slot or a limit; what comes next says that it goes on."""

    def request_sent(self, event: events.RequestSent) -> None:
        """The request has been sent."""

    def answered(self, event: events.Answered) -> None:
        """The head of the answer is there."""

    def first_content(self, event: events.FirstContent) -> None:
        """The first content is there: from here on, the call is not retried."""

    def chunks_received(self, event: events.ChunksReceived) -> None:
        """Chunks came."""

    def retried(self, event: events.Retried) -> None:
        """An attempt failed, and there will be another."""

    def stalled(self, event: events.Stalled) -> None:
        """Half of a clock is used up.  Once in each silence."""

    def finished(self, event: events.Finished) -> None:
        """The call has ended, in whatever way."""

    def turn_started(self, event: events.TurnStarted) -> None:
        """A turn of a conversation begins."""

    def turn_finished(self, event: events.TurnFinished) -> None:
        """A turn has ended."""

    def tool_started(self, event: events.ToolStarted) -> None:
        """A call of a tool begins.  Called in the task of the tool."""

    def tool_finished(self, event: events.ToolFinished) -> None:
        """A call of a tool has ended."""

    def operation_started(self, event: events.OperationStarted) -> None:
        """An operation begins.  Called in the task of the operation."""

    def operation_finished(self, event: events.OperationFinished) -> None:
        """An operation has ended."""

    def flow_started(self, event: events.FlowStarted) -> None:
        """A flow begins."""

    def flow_finished(self, event: events.FlowFinished) -> None:
        """A flow has ended."""

    def stream_started(self, event: events.StreamStarted) -> None:
        """The run of a durable stream begins."""

    def stream_finished(self, event: events.StreamFinished) -> None:
        """The run of a durable stream has ended."""

    def content(self, event: events.Content) -> None:
        """The words of a call are there; told only where ``wants_content`` is True."""
