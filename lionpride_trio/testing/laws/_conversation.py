"""The laws of conversations: a model, its tools, and the loop of turns between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

import attrs
import hypothesis
from hypothesis import strategies as st

from ..._chunks import Chunk, TextChunk, ToolResultChunk
from ..._errors import Overloaded, ProviderError
from ..._parts import ToolCall, ToolResult
from ..._response import reassemble, usage_of
from ...providers import ModelCall, get
from ...providers._messages import checked
from ...services import iModel
from ...services._messages import plain_messages
from ...tools import Tool
from ..fakes._answers import Script
from ..strategies._turns import scripted_turns
from ..strategies.wires import WIRES
from ._broken import LawBroken, for_all, shown
from ._playing import Kept, Make, Play
from ._running import cancelled_everywhere, nothing_left_to_the_collector, run

_CANCELLED: Final = 3
"""Conversations that are cancelled at each of their steps: a run for each step."""


def _converse(model: iModel, tools: Sequence[Tool[..., Any]]) -> Any:
    return model.converse("Is it foggy?", tools=tools)


def check_conversation(
    make: Make = _converse,
    *,
    tools: Iterable[Tool[..., Any]] | None = None,
    kept: Kept = lambda: 0,
    settings: hypothesis.settings | None = None,
) -> None:
    """Check that a conversation of a model and its tools keeps the laws of conversations::

        def test_my_tools():
            check_conversation(tools=[weather, book_flight])


        def test_my_agent():
            check_conversation(lambda model, tools: MyAgent(model).ask("?", tools=tools))

    *make* is given a model that plays a script, and the *tools*; it gives what ``async with`` opens: a
    source such as ``model.converse(…)``, or a block, that gives a channel of chunks with ``messages``
    and ``response``.  By default it converses with your *tools*, or with four of the kit's own.  They
    are **called**, with arguments drawn from their schemas: give them a place where that does no harm.
    *kept* returns how many messages have been committed so far, where a conversation is committed.

    The model calls tools over several turns, in parallel, with wrong arguments too; it pauses, and is
    overloaded now and then.  The laws: each call runs once, and has one result, which comes before the
    next turn; the model is told all results in the order of its calls, and all that was said before;
    chunks mean what the model said; usage adds up; all messages can be sent again, to each provider; a
    failure of the model comes plain.  When the block ends, by the end, a failure, a cancellation at any
    step or a reader that leaves, no tool and no answer of the model is open, and nothing is half
    committed.

    Runs event loops of its own, under a clock that jumps: call it from a plain test function.

    :raises LawBroken: says which law, and for which answers of the model.
    """
    if tools is None:
        from ._kit_tools import KIT_TOOLS  # whose schemas need msgspec, which not everybody has

        tools = KIT_TOOLS
    several: tuple[Tool[..., Any], ...] = tuple(tools)

    def check(example: _Example) -> None:
        _Trial(make, several, kept, example).check()

    def check_cancelled(example: _Example) -> None:
        _Trial(make, several, kept, example).check_cancelled()

    few = hypothesis.settings(settings or hypothesis.settings(), max_examples=_CANCELLED)
    with nothing_left_to_the_collector():
        for_all(_examples(several), check, settings)
        for_all(_examples(several, min_turns=2), check_cancelled, few)


@attrs.frozen
class _Example:
    script: Sequence[Script]
    streaming: bool
    at: int
    """The turn that fails, and the chunk after which a reader leaves, by their places."""


@st.composite
def _examples(draw: st.DrawFn, tools: Sequence[Tool[..., Any]], min_turns: int = 1) -> _Example:
    script: list[Script] = []
    for answer in draw(scripted_turns(tools, min_turns=min_turns)):
        if not draw(st.integers(0, 5)):
            script.append(Overloaded("busy", status=503))
        script.append(answer)
    return _Example(script, draw(st.booleans()), draw(st.integers(0, 9)))


Messages: TypeAlias = list[dict[str, Any]]


@attrs.frozen
class _Trial:
    make: Make
    tools: Sequence[Tool[..., Any]]
    kept: Kept
    example: _Example

    def _play(self, script: Sequence[Script] | None = None) -> Play:
        example = self.example
        return Play(self.make, script or example.script, self.tools, example.streaming, self.kept)

    def check(self) -> None:
        whole = self._play()
        run(whole.go)
        times = len(whole.provider.calls)
        if times != len(self.example.script):
            raise self._broken("a turn is asked once", f"the model was asked {times} times")
        self._check_chunks(whole)
        self._check_runs(whole)
        self._check_told(whole)
        self._check_goes_on(whole)
        self._check_left(whole)
        self._check_failing()

    def _broken(self, law: str, message: str) -> LawBroken:
        how = "streams" if self.example.streaming else "whole"
        return LawBroken(law, f"{message} (answers, {how}: {shown(self._answers())})")

    def _answers(self) -> list[Sequence[Chunk]]:
        """The chunks of each answer that the model gives."""
        return [
            [step for step in answer if isinstance(step, Chunk)]
            for answer in self.example.script
            if isinstance(answer, Sequence)
        ]

    def _check_chunks(self, whole: Play) -> None:
        answers = self._answers()
        for turn, answer in enumerate(answers):
            got = [c for c in whole.chunks if c.turn == turn and not isinstance(c, ToolResultChunk)]
            if reassemble(attrs.evolve(chunk, turn=0) for chunk in got) != reassemble(answer):
                raise self._broken("chunks mean what was said", f"turn {turn} gave {shown(got)}")
        for before, after in pairwise(whole.chunks):
            if after.turn < before.turn:
                raise self._broken(
                    "results come before the next turn", f"{after!r} came after {before!r}"
                )
        usage = usage_of(map(reassemble, answers))
        if whole.reply.response.usage != usage:
            raise self._broken(
                "usage adds up", f"the usage is {whole.reply.response.usage}, and should be {usage}"
            )

    def _check_runs(self, whole: Play) -> None:
        calls = [call for answer in self._answers() for call in reassemble(answer).tool_calls]
        made = Counter((call.name, call.arguments) for call in calls)
        often = whole.runs.begun - made
        if often:
            raise self._broken("a call runs once", f"too often ran {dict(often)}")
        results = Counter(
            chunk.call_id
            for chunk in whole.chunks
            if isinstance(chunk, ToolResultChunk) and chunk.last
        )
        if results != Counter(call.id for call in calls):
            raise self._broken("a call has one result", f"the results were {dict(results)}")

    def _check_told(self, whole: Play) -> None:
        """Each call of the model has all that was said before, and the results of the last turn."""
        asked = whole.asked()
        answers = self._answers()
        for (before, after), answer in zip(pairwise(asked), answers[:-1], strict=True):
            if after[: len(before)] != before:
                raise self._broken(
                    "the model is told", f"of {shown(before)} became {shown(after[: len(before)])}"
                )
            said, *results = after[len(before) :] or [{}]
            calls = list(reassemble(answer).tool_calls)
            wanted = self._results(whole, calls)
            if said.get("role") != "assistant" or _calls_in(said) != calls or results != wanted:
                raise self._broken(
                    "the model is told",
                    f"after an answer it was told {shown([said, *results])}; the results were"
                    f" {shown(wanted)}",
                )

    def _results(self, whole: Play, calls: Sequence[ToolCall]) -> Messages:
        """The results that came for *calls*, in the order of the calls, as they are told."""
        came = {
            chunk.call_id: ToolResult(chunk.call_id, chunk.name, chunk.output, chunk.is_error)
            for chunk in whole.chunks
            if isinstance(chunk, ToolResultChunk) and chunk.last
        }
        results = [came[call.id] for call in calls]
        return checked(plain_messages(results)) if results else []

    def _check_goes_on(self, play: Play, *, is_whole: bool = True) -> None:
        """Check that its messages can be sent, and are the ones that the model was told."""
        told = play.told()
        calls = [call.id for message in told for call in _calls_in(message)]
        results = [message["tool_call_id"] for message in told if message["role"] == "tool"]
        if calls != results:
            raise self._broken("it goes on", f"its calls are {calls}, and the results {results}")
        asked = play.asked()
        if is_whole:
            first, last = asked[0], asked[-1]
            if [*first, *told][: len(last)] != last:
                raise self._broken(
                    "it goes on",
                    f"its messages are {shown(told)}, and the model was told {shown(last)}",
                )
        question = {"role": "user", "content": "And now?"}
        for wire in WIRES:
            try:
                get(*wire).request(ModelCall("m", [*asked[0], *told, question], {}))
            except Exception as error:
                raise self._broken("it goes on", f"{'/'.join(wire)} refuses it: {error}") from error

    def _check_left(self, whole: Play) -> None:
        """A reader leaves before the end."""
        most = self.example.at % len(whole.chunks)
        left = self._play()
        run(left.go, most)
        if left.commits:
            raise self._broken(
                "all or nothing", f"left after {most} chunks, it committed {left.commits} messages"
            )
        if left.asked():
            self._check_goes_on(left, is_whole=False)

    def _check_failing(self) -> None:
        failure = ProviderError("the model failed", code="mine")
        script: list[Any] = list(self.example.script)
        place = self.example.at % len(script)
        script[place] = [TextChunk("I am "), failure]
        play = self._play(script)
        try:
            run(play.go)
        except LawBroken:
            raise
        except ProviderError as error:
            if error.code != "mine":
                raise
        except ExceptionGroup as group:
            raise self._broken("failures come plain", f"it came in a group: {group!r}") from group
        else:
            raise self._broken("failures come plain", "the model failed, and nothing was raised")
        if play.commits:
            raise self._broken(
                "all or nothing", f"it failed, and committed {play.commits} messages"
            )

    def check_cancelled(self) -> None:
        whole = self._play()
        run(whole.go)

        async def program() -> None:
            play = self._play()
            try:
                await play.go()
            finally:
                if play.commits not in {0, whole.commits}:
                    raise self._broken(
                        "all or nothing",
                        f"cancelled, it had committed {play.commits} of {whole.commits} messages",
                    )
                if play.reply is not None and play.asked():
                    self._check_goes_on(play, is_whole=False)

        cancelled_everywhere(program, "the conversation")


def _calls_in(message: dict[str, Any]) -> list[ToolCall]:
    content: Any = message.get("content")
    return [] if isinstance(content, str) else [p for p in content or () if isinstance(p, ToolCall)]
