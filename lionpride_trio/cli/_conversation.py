"""One conversation with a model: a question is asked, its answer shown, and both are kept."""

from __future__ import annotations

from typing import Protocol

import attrs

from .. import ConfigurationError, Response, Session, Verdict, iModel
from ..services._turn import Turn
from ..session import Branch, InstructionContent, Message
from ..session._turns import CUT
from ..sinks._common import text_in


class Shown(Protocol):
    """The place that an answer's text is written to."""

    async def write(self, text: str) -> None:
        """Show *text*."""
        ...


@attrs.define
class Conversation:
    """A branch of a session and the model that is asked in it."""

    session: Session
    branch: Branch
    model: iModel
    base_url: str | None = None
    """The address that was given for the model's provider."""
    unanswered: Message | None = None
    """The last question, when its answer failed or never began."""
    was_stopped: bool = False
    """The last answer was stopped before its end."""
    _answering: Turn | None = None

    @classmethod
    def begin(
        cls, session: Session, branch: Branch, model: iModel, base_url: str | None = None
    ) -> Conversation:
        """A conversation whose model's calls belong to the open *session*."""
        conversation = cls(session, branch, model)
        conversation.change_model(model, base_url)
        return conversation

    def change_model(self, model: iModel, base_url: str | None) -> None:
        """Ask *model* from now on."""
        self.session.services.register(model, replace=True)
        self.model = model
        self.base_url = base_url

    @property
    def model_name(self) -> str:
        """Who answers, as ``provider/model``."""
        return f"{self.model.provider.name}/{self.model.model}"

    def stop(self) -> bool:
        """Stop the answer that comes now, if one does; whether one did."""
        if self._answering is None:
            return False
        self._answering.stop()
        return True

    async def ask(self, question: Message, shown: Shown) -> Response | None:
        """Show the answer to *question* while it comes, and keep both.

        Gives the answer, with what came of it if it was stopped; None if it was stopped before
        any text came.  An answer that failed is raised, and leaves nothing in the branch.

        :raises LionprideError: one of its classes.
        """
        self.unanswered = question
        turn = self.session.ask(self.branch, question, imodel=self.model, on_cut="keep")
        async with turn as reply:
            self._answering = reply
            try:
                async for batch in reply.batches():
                    await shown.write(text_in(batch))
            finally:
                self._answering = None
        answer = reply.response
        self.was_stopped = answer.verdict is Verdict.STOPPED
        if self.was_stopped and not answer.text:
            return None
        self.unanswered = None
        return answer

    async def ask_again(self, shown: Shown) -> Response | None:
        """Ask the last question again: the new answer takes the place of the old, when it came.

        :raises ConfigurationError: nothing has been asked yet.
        """
        if self.unanswered is not None:
            return await self.ask(self.unanswered, shown)
        order = self.branch.order
        begin = self._last_question()
        replaced = order[begin:]
        question = self.session.messages[replaced[0]]
        del order[begin:]
        answer: Response | None = None
        try:
            answer = await self.ask(Message(content=question.content), shown)
        finally:
            if answer is None:
                order += replaced
                self.unanswered = None
        return answer

    def _last_question(self) -> int:
        """Where the last turn begins in the branch."""
        for place in reversed(range(len(self.branch.order))):
            message = self.session.messages[self.branch.order[place]]
            if isinstance(message.content, InstructionContent):
                return place
        raise ConfigurationError("/retry asks the last question again, and there is none yet")


def how_it_ended(response: Response) -> str | None:
    """A sentence about an answer that is not whole; None for one that is."""
    verdict = response.verdict
    if response.refusal:
        return f"the model declined: {response.refusal}"
    if verdict is Verdict.TOOL_USE:
        return "the model called a tool, and nothing here runs tools"
    return f"the answer was cut: {verdict.value}" if verdict in CUT else None


def question(text: str, context: str = "") -> Message:
    """A message that asks *text*, with *context* before it, between marks of its own."""
    inner = context.strip("\n")
    parts = [f"<context>\n{inner}\n</context>"] if inner.strip() else []
    return Message(content=InstructionContent(instruction=text, context=parts))
