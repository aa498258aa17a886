"""The first of several strings, found in a text that comes in pieces (after Aho and Corasick).

Goals: a match is the one that begins first, and the longest of those that begin there, however the
text is cut; each character is looked at a bounded number of times; and at each moment it is known
which characters may still become part of a match, so that all others can go on.

Plan: the automaton's state is the longest end of the text so far that some string begins with.  Its
length, the state's depth, tells where the oldest possible match begins.  A match that was found is
decided as soon as every possible match begins after it.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence


class Automaton:
    """The states for a set of strings, as parallel lists; they are the same for all texts."""

    def __init__(self, strings: Sequence[str]) -> None:
        self.steps: list[dict[str, int]] = [{}]
        self.depth = [0]
        self.fallback = [0]
        # The length of the longest string that ends in each state, and 0 for none.
        self.match = [0]
        for string in strings:
            state = 0
            for char in string:
                if char not in self.steps[state]:
                    self.steps[state][char] = len(self.steps)
                    self.steps.append({})
                    self.depth.append(self.depth[state] + 1)
                    self.fallback.append(0)
                    self.match.append(0)
                state = self.steps[state][char]
            self.match[state] = len(string)
        queue = deque(self.steps[0].values())
        while queue:
            state = queue.popleft()
            self.match[state] = self.match[state] or self.match[self.fallback[state]]
            for char, after in self.steps[state].items():
                queue.append(after)
                self.fallback[after] = self.step(self.fallback[state], char)
        first = "".join(map(re.escape, self.steps[0]))
        self.first = re.compile(f"[{first}]")

    def step(self, state: int, char: str) -> int:
        """The state after *char*."""
        while (after := self.steps[state].get(char)) is None:
            if not state:
                return 0
            state = self.fallback[state]
        return after


class LiteralSearch:
    """Searches one text, of which the caller keeps the part from `held_from` on."""

    def __init__(self, automaton: Automaton) -> None:
        self._automaton = automaton
        self._state = 0
        self._match: tuple[int, int] | None = None

    def restart(self) -> None:
        """Search from here on as if the text began here."""
        self._state = 0
        self._match = None

    def search(self, text: str, start: int) -> tuple[int, int] | None:
        """Go on with the characters of *text* from *start* on: where the first match stands.

        None if there is none, or if it is not decided yet.
        """
        machine = self._automaton
        steps, depth = machine.steps, machine.depth
        state = self._state
        at = start
        while at < len(text):
            if not state and self._match is None:
                found = machine.first.search(text, at)
                if found is None:
                    break
                at = found.start()
            state = machine.step(state, text[at])
            at += 1
            oldest = at - depth[state]
            if length := machine.match[state]:
                begin = at - length
                if self._match is None or begin <= self._match[0]:
                    self._match = begin, at
            if self._match and (oldest > self._match[0] or not steps[state]):
                return self._match
        self._state = state
        return None

    def end(self) -> tuple[int, int] | None:
        """The text has ended: the match that waited for a longer one."""
        return self._match

    def held_from(self, text: str) -> int:
        """Where in *text* the first character stands that may become part of a match."""
        oldest = len(text) - self._automaton.depth[self._state]
        return min(oldest, self._match[0]) if self._match else oldest

    def forget(self, number: int) -> None:
        """The caller dropped the first *number* characters of the text."""
        if self._match:
            self._match = self._match[0] - number, self._match[1] - number
