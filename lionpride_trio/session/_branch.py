"""Branches: orders of messages, and the collection that keeps both."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from uuid import uuid4

import attrs

from .._errors import ConfigurationError
from .._json_form import has_json_form
from .messages import Content, Message


def _check_name(_: object, __: attrs.Attribute[str], name: object) -> None:
    if not isinstance(name, str) or not name:
        raise ConfigurationError(f"the name of a branch must be a str, not {name!r:.200}")


@has_json_form
@attrs.define(eq=False, kw_only=True)
class Branch:
    """One line of conversation: an order of message ids."""

    name: str = attrs.field(validator=_check_name)
    id: str = attrs.Factory(lambda: uuid4().hex)
    order: list[str] = attrs.field(factory=list[str])

    def __len__(self) -> int:
        return len(self.order)

    def __iter__(self) -> Iterator[str]:
        return iter(self.order)


class Conversations:
    """The messages of a session and the branches through them."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}
        self._branches: dict[str, Branch] = {}
        self._claimed: set[str] = set()
        self._held: set[str] = set()

    @property
    def messages(self) -> Mapping[str, Message]:
        """All messages by id."""
        return self._messages

    @property
    def branches(self) -> Mapping[str, Branch]:
        """All branches by name."""
        return self._branches

    def add_branch(self, branch: Branch) -> None:
        """Keep *branch*.

        :raises ConfigurationError: the branch's name is taken.
        """
        if branch.name in self._branches:
            raise ConfigurationError(f"a branch named {branch.name!r} exists: choose another name")
        self._branches[branch.name] = branch

    def branch(self, branch: str | Branch) -> Branch:
        """The branch of that name.

        :raises ConfigurationError: there is none, or *branch* is one of another session.
        """
        name = branch if isinstance(branch, str) else branch.name
        found = self._branches.get(name)
        if isinstance(branch, Branch) and (found is None or found.id != branch.id):
            raise ConfigurationError(
                f"branch {name!r} is not one of this session: ask the session that made it, or give the name of a"
                " branch here"
            )
        if found is None:
            known = ", ".join(map(repr, self._branches)) or "none yet"
            raise ConfigurationError(f"no branch named {name!r}: there are {known}")
        return found

    def free_name(self, stem: str, first: int = 1) -> str:
        """The first of ``stem-1``, ``stem-2``, … that no branch has and no operation is about to use."""
        taken = self._branches.keys() | self._claimed | self._held
        return next(name for number in count(first) if (name := f"{stem}-{number}") not in taken)

    def claim_name(self, name: str) -> None:
        """Keep *name* for a branch that is going to be made: no unnamed branch will get it."""
        self._claimed.add(name)

    @contextmanager
    def hold_name(self) -> Generator[Callable[[], str]]:
        """Choose the name of a branch that is to be made when this block is nearly over.

        Gives a function that returns the name; call it right before the branch is made.  If the first choice
        was taken or claimed meanwhile, it returns the next free name.
        """
        held = self.free_name("branch")

        def name() -> str:
            taken = held in self._branches or held in self._claimed
            return self.free_name("branch") if taken else held

        self._held.add(held)
        try:
            yield name
        finally:
            self._held.remove(held)

    def add_item(
        self, message: Message | Content, progressions: Iterable[str | Branch] = ()
    ) -> None:
        """Keep *message* and put it at the end of each branch of *progressions*: all or none.

        A message that is none of a session's, such as `Response.message`, becomes a new one.

        :raises ConfigurationError: one of the branches is unknown, or another message has its id.
        """
        self.add_items([message], progressions)

    def add_items(
        self, messages: Iterable[Message | Content], progressions: Iterable[str | Branch] = ()
    ) -> None:
        """Add several messages together, as `add_item` adds one."""
        if isinstance(progressions, str | Branch):
            progressions = [progressions]
        branches = [self.branch(branch) for branch in progressions]
        added = [
            message if isinstance(message, Message) else Message(content=message)
            for message in messages
        ]
        self.check_ids(added)
        for message in added:
            self._messages[message.id] = message
            for branch in branches:
                branch.order.append(message.id)

    def check_ids(self, messages: Iterable[Message]) -> None:
        """Refuse messages whose ids other messages have.

        :raises ConfigurationError: one of them has.
        """
        for message in messages:
            if self._messages.get(message.id, message) is not message:
                raise ConfigurationError(
                    f"another message has the id {message.id!r}: a copy of a message needs an id of its own, as"
                    " Message(content=message.content) has"
                )
