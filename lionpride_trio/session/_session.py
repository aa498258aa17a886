"""The session: conversations, models, and the block that owns clients and replies."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from .._channels._entrance import OnlyAsync
from .._media import MediaPart
from .._observer import Observer, listeners_of
from .._transport import Proxy, Route
from ..services import Fallback, ServiceRegistry, iModel
from ..services._converse import TurnSource
from ..tools import Tool, Toolbox
from . import _storage
from ._asked import Asking
from ._branch import Branch, Conversations
from ._open_turns import BranchTurns
from ._owner import SessionOwner
from ._turns import Asked, OnCut, message_of
from .messages import Message, SystemContent


class Session(OnlyAsync):
    """Conversations and the models that take part in them.

    Usable unopened as a container.  ``async with Session() as session:`` opens it: it then owns one
    HTTP client for all its models and every reply that is iterated without a block of its own;
    leaving the block closes them all, whatever happened inside.  The block opens a nursery; its
    own exception comes out as it is.

    *observers* are told of the steps of all that happens in it: the calls of its models while it is open, its
    turns with their tools, and the flows of its builders.  They are not saved with it.

    Its models' connections are made as *ssl_context*, *proxy* and *trust_env* say.  *ssl_context* has
    the authorities to trust and the client's own certificates; without one, certifi's store is trusted.
    *proxy* is the URL of a proxy, such as ``"http://user:password@host:3128"``, or an ``httpx.Proxy``;
    all connections go through it.  With ``trust_env=True`` the environment is read:
    ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` where there is no *proxy*,
    ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` where there is no *ssl_context*.  Connections through a proxy
    are httpx's.  A model with settings of its own, or an ``http_client=``, goes by those.

    :raises ConfigurationError: one of them cannot be.
    """

    def __init__(
        self,
        *,
        name: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        trust_env: bool | None = None,
        observers: Iterable[Observer] = (),
    ) -> None:
        self.id = uuid4().hex
        self.name = name
        self.conversations = Conversations()
        route = Route(ssl_context=ssl_context, proxy=proxy, trust_env=trust_env)
        self._owner = SessionOwner(self, route, listeners_of(observers))
        self.services = ServiceRegistry(self._owner)
        self._turns: dict[str, BranchTurns] = {}

    @property
    def is_open(self) -> bool:
        """True inside the session's block."""
        return self._owner.is_open

    @property
    def messages(self) -> Mapping[str, Message]:
        """All messages by id."""
        return self.conversations.messages

    @property
    def branches(self) -> Mapping[str, Branch]:
        """All branches by name."""
        return self.conversations.branches

    def create_branch(self, *, name: str | None = None, system: str | None = None) -> Branch:
        """A new empty branch, or one that begins with a system message.

        Without *name* it gets the first free name of ``branch-1``, ``branch-2``, …

        :raises ConfigurationError: the name is taken.
        """
        branch = Branch(name=name or self.conversations.free_name("branch"))
        self.conversations.add_branch(branch)
        if system is not None:
            message = Message(content=SystemContent(system_message=system))
            self.conversations.add_item(message, [branch])
        return branch

    def fork(self, branch: str | Branch, *, name: str | None = None) -> Branch:
        """A new branch that shares *branch*'s messages so far and goes its own way from there.

        Without *name* it is named after *branch*: ``main-2``, or the next free name.

        :raises ConfigurationError: the name is taken, or there is no such branch.
        """
        origin = self.conversations.branch(branch)
        name = name or self.conversations.free_name(origin.name, 2)
        fork = Branch(name=name, order=list(origin.order))
        self.conversations.add_branch(fork)
        return fork

    def history(self, branch: str | Branch) -> list[Message]:
        """The messages of *branch* in order."""
        return [self.messages[key] for key in self.conversations.branch(branch).order]

    def ask(
        self,
        branch: str | Branch,
        question: Asked,
        *,
        imodel: str | iModel | Fallback,
        context: Iterable[str] = (),
        attachments: Iterable[MediaPart] = (),
        tools: Iterable[Tool[..., Any]] = (),
        on_cut: OnCut = "raise",
        output: Any = None,
        **options: Any,
    ) -> TurnSource:
        """Ask a model in the context of *branch*: a source of the chunks of one turn.

        Its channel has what `iModel.converse` gives: ``response``, ``turns``, ``messages``, ``stop()``.  When
        the end has been read, the question, calls, results and answer are committed together; when the turn
        fails, is cancelled, or its block is left before the end, nothing is.  A branch that is not there is
        made then.  A second turn on one branch waits for the block of the first.  Opens a nursery; opening
        waits for no answer, so that a turn can be stopped before anything has come.

        *question* is a text, an `InstructionContent` or a message; *context* are texts and *attachments*
        media that stand before it.  With *tools* the turn goes on until the model answers, and *options* of
        `iModel.converse` are taken; the others are those of the call.

        *on_cut* says what becomes of an answer that is not whole (LENGTH, BLOCKED, REFUSED, PAUSED):
        ``"raise"`` raises `AnswerCut` after its chunks and commits nothing, ``"keep"`` commits it with its
        verdict, ``"discard"`` commits nothing.

        *output* is the type that the answer is to have: ``reply.response.output``.  Of a wrong answer nothing
        is committed.

        :raises ConfigurationError: something of it cannot be; before any connection.
        :raises OutputInvalid: from the channel, after the last chunk: the answer has not that type.
        :raises LocalProtocolError: when it is opened inside a turn on the same branch, for which it would wait:
            in its block or loop, in a task of a nursery opened there, or in one of its tools.
        """
        asking = self._asking(
            self.conversations.branch(branch).name if isinstance(branch, Branch) else branch,
            message_of(question, context, attachments),
            imodel,
            tools=tools,
            on_cut=on_cut,
            options={**options, "output": output},
        )
        asking.plan()  # a mistake is told where it was made
        return asking.source(lambda: self._owner if self.is_open else None)

    def _asking(
        self,
        branch: str | None,
        question: Message,
        imodel: str | iModel | Fallback,
        *,
        tools: Iterable[Tool[..., Any]] = (),
        on_cut: OnCut = "raise",
        options: Mapping[str, Any],
    ) -> Asking:
        return Asking(
            session=self,
            branch=branch,
            question=question,
            model=self.services.get(imodel),
            tools=Toolbox(tools),
            on_cut=on_cut,
            options=options,
            turns=self._turns,
            observers=self._owner.observers,
        )

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write messages and branches, the id and the name to *path* as JSON: whole, or not at all.

        A link at *path* stays, and what it leads to is written.  The file keeps its mode; a new one is for its
        owner alone.  Models are not saved, for their keys must not be.  Blocks for the time of writing a file.
        """
        saved = _storage.SavedSession(self.conversations, self.id, self.name)
        _storage.save(saved, Path(path))

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        ssl_context: ssl.SSLContext | None = None,
        proxy: Proxy | None = None,
        trust_env: bool | None = None,
    ) -> Self:
        """The session that `save` wrote: its messages and branches, its id and its name.

        How its models' connections are made was not saved, and is said anew.

        :raises ConfigurationError: the file is damaged or another program's; says where.
        """
        session = cls(ssl_context=ssl_context, proxy=proxy, trust_env=trust_env)
        saved = _storage.load(Path(path))
        session.conversations, session.id, session.name = saved.conversations, saved.id, saved.name
        return session

    async def __aenter__(self) -> Self:
        await self._owner.open()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return await self._owner.close(exc_type, exc, traceback)

    def __getstate__(self) -> dict[str, Any]:
        """The state for pickles and copies: all but the models and their connections, as in `save`."""
        if self.is_open:
            raise TypeError("an open session cannot be pickled or copied: do it after its block")
        return {"id": self.id, "name": self.name, "conversations": self.conversations}

    def __setstate__(self, state: dict[str, Any]) -> None:
        Session.__init__(self)
        vars(self).update(state)

    def _how_to_use(self) -> str:
        return "write 'async with Session() as session:'"

    def __repr__(self) -> str:
        state = "open" if self.is_open else "closed"
        return f"<Session {self.name or self.id[:8]} {state}, {len(self.messages)} messages>"
