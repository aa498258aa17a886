"""The strategies draw all that is promised, and shrink to something plain."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import Phase, find, given, settings, strategies as st

from lionpride_trio import (
    ConfigurationError,
    MediaPart,
    RawPart,
    ToolCall,
    ToolResult,
    Verdict,
    from_json,
    reassemble,
)
from lionpride_trio.providers import ModelCall, StreamDecoder, get
from lionpride_trio.services._messages import plain_messages
from lionpride_trio.stages import LineSplitter
from lionpride_trio.testing import (
    FlowPlan,
    Node,
    ScriptedProvider,
    byte_cuts,
    chunks_of,
    conversations,
    cuts,
    flows,
    parts,
    prose,
    replies,
    scripted_turns,
    server_sent_events,
    transformers,
    wire_bodies,
)
from lionpride_trio.testing.laws._running import collected, run
from lionpride_trio.testing.strategies.wires import WIRES
from lionpride_trio.tools import tool
from lionpride_trio.transformers import from_iterable
from lionpride_trio.wire import ServerSentEvent

QUICK = settings(database=None, max_examples=2000, deadline=None, derandomize=True)


SOME = settings(QUICK, phases=[Phase.generate])


def some(strategy, wanted):
    """Any example that is *wanted*."""
    return find(strategy, wanted, settings=SOME)


def simplest(strategy, wanted=lambda value: True):
    return find(strategy, wanted, settings=QUICK)


@given(prose().flatmap(lambda text: st.tuples(st.just(text), cuts(text))))
def test_pieces_joined_are_the_text(example):
    text, pieces = example
    assert "".join(pieces) == text


@given(st.data())
def test_pieces_joined_are_the_bytes(data):
    body = data.draw(prose()).encode()
    assert b"".join(data.draw(byte_cuts(body))) == body


def test_a_strategy_can_be_cut_too():
    assert "".join(simplest(cuts(prose(min_size=1)))) == "a"
    assert simplest(byte_cuts(st.just(b"ab"))) == [b"ab"]


def test_nothing_can_be_cut():
    assert simplest(cuts("")) == [""]
    assert simplest(byte_cuts(b"")) == [b""]


PLAIN = "x" * 500
FEW = 10


def how_often_cut(strategy, place):
    """In how many of 300 examples with few pieces there is a cut at *place*.

    Cuts that know no better place than any other would be there in one or two.
    """
    count = 0

    @settings(QUICK, max_examples=300, phases=[Phase.generate])
    @given(strategy)
    def look(pieces):
        nonlocal count
        if len(pieces) < 9:
            count += place in itertools.accumulate(map(len, pieces))

    look()
    return count


@pytest.mark.parametrize(
    ("text", "piece"),
    [
        ("a\r\nb", "a\r"),
        ("e.g. a", "e.g."),
        ("3.14", "3."),
        ("cafe\u0301", "cafe"),
        ("👩‍👧", "👩‍"),
        ("🇩🇪", "🇩"),
        (r'"\u00e9"', r'"\u00'),
        ("</think>", "</"),
    ],
)
def test_texts_are_cut_at_nasty_places(text, piece):
    assert how_often_cut(cuts(f"{PLAIN} {text} {PLAIN}"), len(f"{PLAIN} {piece}")) > FEW


@pytest.mark.parametrize(
    ("body", "piece"),
    [
        ("é".encode(), b"\xc3"),
        (b"a\r\nb", b"a\r"),
        (b"\ndata: a", b"\nda"),
        (b"\nid: a", b"\ni"),
        (b"\nevent:a", b"\nevent"),
        (b'"\\ud83d"', b'"\\u'),
        (b"[DONE]", b"[DO"),
    ],
)
def test_bytes_are_cut_at_nasty_places(body, piece):
    plain = PLAIN.encode()
    assert how_often_cut(byte_cuts(plain + body + plain), len(plain + piece)) > FEW


def test_the_simplest_text_is_short():
    assert simplest(prose()) == ""
    assert simplest(prose(), lambda text: len(text) > 1) in {"aa", ". ", "Is"}
    assert simplest(prose(), lambda text: "🙂" in text) == "🙂"


def test_the_simplest_events_are_short():
    assert simplest(server_sent_events(), lambda pair: pair[0]) == (
        [ServerSentEvent("message", "a", "", None)],
        b"data:a\n\n",
    )


@pytest.mark.parametrize(
    "trait",
    [
        lambda events, body: body.startswith(b"\xef\xbb\xbf"),
        lambda events, body: b"\r" in body and b"\n" not in body,
        lambda events, body: b"\r\n" in body and b"\r\r" in body,
        lambda events, body: any("\n" in event.data for event in events),
        lambda events, body: any(event.id for event in events),
        lambda events, body: any(event.retry for event in events),
        lambda events, body: not events and b"data" in body,
    ],
)
def test_all_that_the_standard_allows_is_drawn(trait):
    some(server_sent_events(), lambda pair: trait(*pair))


@pytest.mark.parametrize(("name", "endpoint"), WIRES)
def test_a_body_means_its_reply(name, endpoint):
    @settings(max_examples=15, database=None, deadline=None)
    @given(wire_bodies(name, endpoint))
    def check(pair):
        reply, body = pair
        decoder = StreamDecoder(get(name, endpoint))
        chunks = decoder.feed(body) + decoder.flush()
        assert decoder.failure is None
        assert reassemble(chunks) == reply

    check()


def test_the_simplest_body_is_a_short_whole_answer():
    reply, body = simplest(wire_bodies("ollama"), lambda pair: pair[0].text)
    assert (reply.text, reply.verdict, reply.usage) == ("a", Verdict.COMPLETE, None)
    assert body.count(b"\n") == 2


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("openai", b"\n: ping"),
        ("anthropic", b"a_new_event"),
        ("gemini", b"aNewPart"),
        ("groq", b"x_groq"),
        ("openrouter", b": OPENROUTER PROCESSING"),
        ("ollama", b"aNewField"),
    ],
)
def test_bodies_have_the_noise_of_the_wild(name, mark):
    some(wire_bodies(name), lambda pair: mark in pair[1])


def test_a_character_may_be_cut_into_its_escapes():
    some(wire_bodies("openai"), lambda pair: b'\\ud83d"' in pair[1])


def test_bodies_of_an_unknown_provider_are_yours_to_write():
    with pytest.raises(ConfigurationError, match="bodies="):
        wire_bodies("local")


@given(replies())
@settings(deadline=None)
def test_the_chunks_of_a_reply_add_up_to_it(reply):
    assert reassemble(chunks_of(reply)) == reply


# One of a provider's own few: of all providers' replies, one in hundreds is PAUSED, and two thousand
# may be without any.
@pytest.mark.parametrize(
    ("name", "endpoint", "verdict"),
    [(*api, verdict) for api, wire in WIRES.items() for verdict in wire.fresh().abilities.endings],
)
def test_replies_have_every_verdict_that_the_provider_can_say(name, endpoint, verdict):
    some(replies(name, endpoint), lambda reply: reply.verdict is verdict)


def test_every_verdict_is_said_by_some_provider():
    said = {verdict for wire in WIRES.values() for verdict in wire.fresh().abilities.endings}
    assert said == set(Verdict) - {Verdict.STOPPED}  # which a reader says


def test_replies_of_any_provider_are_those_of_several():
    some(replies(), lambda reply: reply.verdict is Verdict.BLOCKED)
    some(replies(), lambda reply: reply.refusal)
    some(replies(), lambda reply: any(block.signature for block in reply.reasoning_blocks))


@given(transformers(), prose())
@settings(max_examples=50, deadline=None)
def test_transformers_neither_lose_nor_change_text(recipe, text):
    assert "".join(run(collected, from_iterable([text]) | recipe)) == text


def test_the_simplest_transformer_is_one():
    assert repr(simplest(transformers())) == "words()"


def test_the_simplest_flow_with_an_edge_is_small():
    waits = simplest(flows(), lambda plan: any(node.after for node in plan.nodes))
    reads = simplest(flows(), lambda plan: any(node.reads is not None for node in plan.nodes))
    assert waits == FlowPlan((Node(0), Node(0, (0,))))
    assert reads == FlowPlan((Node(0), Node(0, (), 0)))


def test_a_plan_knows_its_results():
    plan = FlowPlan((Node(2), Node(1, (), 0), Node(2, (0, 1))))
    assert plan.results() == {"0": [0, 1], "1": [1, 2, 0], "2": [4, 5]}


def test_what_is_found_is_short():
    """`str.splitlines` takes each piece for lines of its own, and knows too many line ends."""

    def right(pieces):
        lines = LineSplitter()
        return [line for piece in pieces for line in lines.feed(piece)] + list(lines.flush())

    def wrong(pieces):
        return [line for piece in pieces for line in piece.splitlines(keepends=True)]

    pieces = simplest(cuts(prose()), lambda pieces: wrong(pieces) != right(pieces))
    assert len(pieces) == 2
    assert len("".join(pieces)) <= 3
    text = simplest(prose(), lambda text: wrong([text]) != right([text]))
    assert len(text) <= 3


# Conversations


@given(parts())
def test_a_part_can_be_saved(part):
    from lionpride_trio._json_form import to_json

    assert from_json(to_json(part)) == part


@pytest.mark.parametrize("kind", [ToolCall, ToolResult, MediaPart, RawPart])
def test_parts_are_of_all_kinds(kind):
    some(parts(), lambda part: isinstance(part, kind))


def calls_of(message):
    return [part for part in getattr(message, "parts", ()) if isinstance(part, ToolCall)]


@settings(max_examples=60)
@given(conversations(media=True), st.sampled_from(list(WIRES)))
def test_a_conversation_can_be_sent_to_any_provider(messages, wire):
    """The conversation is of one provider, and the request of another."""
    calls = [call.id for message in messages for call in calls_of(message)]
    results = [message.call_id for message in messages if isinstance(message, ToolResult)]
    assert calls == results
    assert len(set(calls)) == len(calls)
    assert get(*wire).request(ModelCall("m", plain_messages(messages), {})).body


def test_a_conversation_has_failures_and_parallel_calls():
    def is_hard(messages):
        failed = any(isinstance(one, ToolResult) and one.is_error for one in messages)
        return failed and any(len(calls_of(message)) > 1 for message in messages)

    some(conversations("anthropic"), is_hard)
    some(conversations("gemini"), lambda messages: len(messages) > 4)
    cut = {Verdict.LENGTH, Verdict.REFUSED}
    some(
        conversations(), lambda messages: any(getattr(m, "verdict", None) in cut for m in messages)
    )


def test_a_conversation_shrinks_to_a_question():
    few = settings(QUICK, max_examples=50)
    found = find(conversations("openai"), lambda messages: True, settings=few)
    assert found == [{"role": "user", "content": "a"}]


def test_nobodys_conversations_are_refused():
    with pytest.raises(ConfigurationError, match="writes no bodies"):
        conversations(ScriptedProvider("Yes."))


@tool
async def add(a: int, b: int) -> int:
    "Add."
    return a + b


def test_scripted_turns_call_tools_rightly_and_wrongly():
    turns = scripted_turns([add])

    def called(answers):
        return [call for answer in answers for call in said(answer).tool_calls]

    def said(answer):
        return reassemble(step for step in answer if not isinstance(step, float))

    some(turns, lambda answers: any(call.name == "no_such_tool" for call in called(answers)))
    some(turns, lambda answers: any(call.arguments == "{" for call in called(answers)))
    some(turns, lambda answers: any(said(one).verdict is Verdict.PAUSED for one in answers))
    (answer,) = simplest(turns)
    assert (said(answer).text, said(answer).verdict) == ("a", Verdict.COMPLETE)
    assert called(some(scripted_turns([]), lambda answers: len(answers) > 1)) == []
